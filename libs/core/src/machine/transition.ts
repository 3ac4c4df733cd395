import { assertNever } from '../assert-never.js';
import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { Command } from './command.js';
import { answerCaller } from './answer-caller.js';
import { cancelRun, carryOut } from './carry-out.js';
import { compensate, conclude } from './compensate.js';
import { type Draft, draftOf, failRun, hasEnded } from './draft.js';
import type { ExecutionEvent } from './event.js';
import { hold, isHeld, nextHeld } from './held.js';
import { migrate } from './migrate.js';
import { move } from './move.js';
import { returned } from './returned.js';
import { heard } from './spoken.js';
import { release, silence } from './silence.js';
import { admit, gather, start } from './start.js';
import type { ExecutionState, Token } from './state.js';
import { isStill } from './still.js';
import { keepRegistrations } from './registrations.js';
import { onEffect, onMessage, onSignal, onTimer } from './wake.js';

export interface Transition {
  state: ExecutionState;
  commands: Command[];
}

/**
 * The machine: what an event makes of a run, and what is to be done then. Pure, and never writes to its input. Events
 * that do not concern the run any more (it has ended, the token has moved on, the answer came twice) leave it as it is.
 *
 * Throws an Error, which is a defect of the caller, when the first event is not `started` or when the graph is not the
 * one the run was started with. Everything else that can go wrong becomes part of the state.
 */
export function transition(graph: CompiledGraph, state: ExecutionState | null, event: ExecutionEvent): Transition {
  if (state === null) {
    if (event.type !== 'started') throw new Error(`The first event of a run must be "started", not "${event.type}"`);
    return finish(event.silenced === true ? inSilence(start(graph, event)) : start(graph, event), null);
  }
  if (event.type === 'started') return { state, commands: [] };
  if (isHeld(state, event)) return { state: hold(state, event), commands: [] };
  // An order is the one thing that can bring a run back after its end.
  if (hasEnded(state) && event.type !== 'ordered') return { state, commands: [] };
  return actOnHeld(graph, event.at, finish(make(graph, state, event.at, event), state));
}

/** Its first steps are asked for when it is released. */
function inSilence(draft: Draft): Draft {
  if (hasEnded(draft.state)) return draft;
  silence(draft);
  const kept = draft.commands.filter(({ type }) => type !== 'run' && type !== 'resume');
  draft.commands.splice(0, draft.commands.length, ...kept);
  return draft;
}

/** What came while the run could not act on it follows, as far as it goes now. */
function actOnHeld(graph: CompiledGraph, at: string, before: Transition): Transition {
  let { state, commands } = before;
  for (let next = nextHeld(state); next !== null; next = nextHeld(state)) {
    const after = finish(make(graph, next.state, at, next.event), next.state);
    state = after.state;
    commands = [...commands.filter((command) => isStillAsked(command, state)), ...after.commands];
  }
  return { state, commands };
}

function isStillAsked(command: Command, { tokens }: ExecutionState): boolean {
  if (command.type !== 'run' && command.type !== 'resume') return true;
  return tokens.some(({ id, step, phase }) => id === command.token && step === command.step && phase.kind === 'running');
}

function make(
  graph: CompiledGraph,
  state: ExecutionState,
  at: string,
  event: Exclude<ExecutionEvent, { type: 'started' }>,
): Draft {
  const draft = draftOf(graph, state, at, event.type === 'returned' ? event.random : 0);
  apply(draft, event);
  return draft;
}

function apply(draft: Draft, event: Exclude<ExecutionEvent, { type: 'started' }>): void {
  switch (event.type) {
    case 'returned': {
      const token = tokenAtWork(draft, event);
      if (token !== undefined) move(draft, token, returned(draft, token, event.outcome));
      return;
    }
    case 'message':
      heard(draft, event.message);
      if (event.token === undefined) gather(draft, { message: event.message }, event.receivedAt);
      else
        onMessage(
          draft,
          draft.state.tokens.find(({ id }) => id === event.token),
          event.message,
          event.receivedAt,
        );
      return;
    case 'joined':
      gather(draft, { item: event.event }, event.receivedAt);
      return;
    case 'admitted':
      admit(draft);
      return;
    case 'effect':
      onEffect(draft, event.seq, event.result);
      return;
    case 'signal':
      onSignal(draft, event);
      return;
    case 'timer':
      onTimer(draft);
      return;
    case 'context':
      draft.state.context = event.context;
      return;
    case 'cancelled':
      cancelRun(draft, event.reason);
      return;
    case 'ordered':
      carryOut(draft, event.order);
      return;
    case 'migrated':
      migrate(draft, event);
      return;
    case 'silenced':
      silence(draft);
      return;
    case 'released':
      release(draft, event.repeat);
      return;
    case 'broken':
      if (draft.state.ending === undefined) failRun(draft, event.failure);
      else conclude(draft);
      return;
    default:
      assertNever(event);
  }
}

/** The token that this answer is for, or undefined when it was answered before. */
function tokenAtWork(draft: Draft, event: ExecutionEvent & { type: 'returned' }): Token | undefined {
  return draft.state.tokens.find(
    (token) =>
      token.id === event.token && token.step === event.step && token.attempt === event.attempt && token.phase.kind === 'running',
  );
}

function finish(draft: Draft, before: ExecutionState | null): Transition {
  const { state, commands } = draft;
  compensate(draft);
  keepRegistrations(draft, before);
  answerCaller(draft, before);
  if (!hasEnded(state)) state.status = liveStatus(state);
  if (state.ending !== undefined) state.reason = 'compensating';
  else if (state.queued !== undefined) state.reason = 'queued';
  return { state, commands };
}

function liveStatus(state: ExecutionState): 'running' | 'waiting' | 'paused' {
  if (isStill(state)) return 'paused';
  return state.tokens.some(({ phase }) => phase.kind === 'running') ? 'running' : 'waiting';
}
