import { WorkflowError } from '../failure.js';
import type { CompiledTrigger } from '../graph/compiled-graph.js';
import type { JsonObject } from '../json.js';
import { isStill } from '../machine/still.js';
import type { LiveRun } from './live-run.js';

/** Most runs that wait for their turn in one session (language, section 2). */
const MOST_QUEUED = 10;

/** What becomes of an event that no run listens for, by the session of the trigger that it matches. */
export type SessionTurn =
  /** It starts a run, after those in `cancel` are cancelled; `queued`: the run waits for its turn. */
  | { to: 'start'; cancel: string[]; queued?: true }
  /** The run has it: nothing starts. `full`: as many runs as may wait do so already. */
  | { to: 'consumed'; executionId: string; why: 'active' | 'ignored' | 'full' };

/** An event that is not a channel's may also join the burst that a run of its session gathers. */
export type StartTurn = SessionTurn | { to: 'gather'; executionId: string };

/** Whose turn it is when an event matches a trigger and `active` are the live runs of its session. */
export function turnOf(trigger: CompiledTrigger, active: readonly LiveRun[]): SessionTurn {
  const [first] = active;
  const { onActive } = trigger.session;
  if (first === undefined || onActive === 'restart') return { to: 'start', cancel: active.map(({ state }) => state.id) };
  const executionId = first.state.id;
  if (onActive !== 'queue') return { to: 'consumed', executionId, why: onActive === 'ignore' ? 'ignored' : 'active' };
  const queued = active.filter(({ state }) => state.queued !== undefined);
  return queued.length < MOST_QUEUED ? { to: 'start', cancel: [], queued: true } : { to: 'consumed', executionId, why: 'full' };
}

/** The same for an event that comes from no channel. `runs` are those of its mailbox. */
export function startTurn(
  runs: readonly LiveRun[],
  { workflow, trigger, event }: { workflow: string; trigger: CompiledTrigger; event: JsonObject },
): StartTurn {
  const alive = runs.filter(({ state }) => state.ending === undefined);
  const active = activeRuns(alive, workflow, trigger, event);
  const gathering = active.find(({ state }) => state.gathering?.items !== undefined && state.trigger === trigger.id);
  return gathering === undefined ? turnOf(trigger, active) : { to: 'gather', executionId: gathering.state.id };
}

/** The run whose turn it is: the first in its session that waits for it, where no other run of the session is alive. Null: nobody's. */
export function nextAdmitted<Run extends LiveRun>(runs: readonly Run[]): Run | null {
  const alive = runs.filter(({ state }) => state.ending === undefined);
  const admitted = alive.find((run, index) => {
    if (run.state.queued === undefined || isStill(run.state)) return false;
    const before = alive.filter((other, place) => other !== run && (other.state.queued === undefined || place < index));
    return sessionOf(run, before).length === 0;
  });
  return admitted ?? null;
}

/**
 * The live runs that have taken over the session of a run that has ended. While there is one, the ended run must not come
 * back: a contact would be in the same workflow twice.
 */
export function successors(ended: LiveRun, runs: readonly LiveRun[]): LiveRun[] {
  return sessionOf(
    ended,
    runs.filter((run) => run.state.id !== ended.state.id && run.state.ending === undefined),
  );
}

/** Those of the runs that are in the same session. */
function sessionOf({ state, graph }: LiveRun, runs: readonly LiveRun[]): LiveRun[] {
  const trigger = graph.triggers[state.trigger];
  return trigger === undefined ? [] : activeRuns(runs, graph.workflow, trigger, state.event);
}

/** Runs are of one mailbox, and so of one contact where they have one: for the key `contact` all of a workflow are in one session. */
export function activeRuns<Run extends LiveRun>(
  runs: readonly Run[],
  workflow: string,
  trigger: CompiledTrigger,
  event: JsonObject,
): Run[] {
  const { key } = trigger.session;
  if (key === null) return [];
  const ofWorkflow = runs.filter(({ graph }) => graph.workflow === workflow);
  if (key === 'contact') return ofWorkflow;
  const wanted = sessionKey(trigger, event);
  return ofWorkflow.filter(
    ({ state, graph }) => wanted !== null && sessionKey(graph.triggers[state.trigger], state.event) === wanted,
  );
}

/** A key that cannot be computed is nobody's key: such an event starts a run of its own. */
export function sessionKey(trigger: CompiledTrigger | undefined, event: JsonObject): string | null {
  const key = trigger?.session.key;
  if (typeof key !== 'function') return null;
  try {
    return key({ event });
  } catch (error) {
    if (error instanceof WorkflowError) return null;
    throw error;
  }
}
