import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { Command } from './command.js';
import type { ExecutionEvent } from './event.js';
import { isHeld } from './held.js';
import { type Graphs, graphsOf } from './replay.js';
import type { ExecutionState } from './state.js';
import { transition } from './transition.js';

/** The events of one commit of a run. */
export interface RecordedSegment {
  /** Number of the commit, from 1. */
  revision: number;
  events: readonly ExecutionEvent[];
}

/** Where one commit of a run led, computed again from its events. */
export interface Stage {
  revision: number;
  state: ExecutionState;
  /** Effects that the machine asked for in this segment. */
  effects: Array<Command & { type: 'effect' }>;
  /** Place of the first event that found nobody it was for, which the machine that recorded it never wrote; or null. */
  misfit: number | null;
}

/** Walks a run's history commit by commit. Pure: the events carry every answer, so nothing is asked of anybody. */
export function* stages(graphs: CompiledGraph | Graphs, segments: Iterable<RecordedSegment>): Generator<Stage, void> {
  const { first, version } = graphsOf(graphs);
  let graph = first;
  let state: ExecutionState | null = null;
  for (const { revision, events } of segments) {
    const effects: Stage['effects'] = [];
    let misfit: number | null = null;
    for (const [index, event] of events.entries()) {
      if (state !== null && misfit === null && !fits(state, event)) misfit = index;
      if (event.type === 'migrated') graph = version(event.to);
      const next = transition(graph, state, event);
      state = next.state;
      for (const command of next.commands) if (command.type === 'effect') effects.push(command);
    }
    if (state === null) throw new Error('A history begins with a segment that has at least one event, "started".');
    yield { revision, state, effects, misfit };
  }
}

/**
 * False for an event that a run in this state is never given: an answer of a step that is not at work, a message for a
 * token that does not listen. Timers, contexts, results and orders may always come, and so may what the run only keeps.
 */
function fits(state: ExecutionState, event: ExecutionEvent): boolean {
  if (event.type === 'started') return false;
  const isKept: boolean = isHeld(state, event);
  if (isKept) return true;
  if (event.type === 'returned')
    return state.tokens.some(
      ({ id, step, node, attempt, phase }) =>
        id === event.token && step === event.step && node === event.node && attempt === event.attempt && phase.kind === 'running',
    );
  if (event.type === 'message' && event.token !== undefined)
    return state.tokens.some(({ id, phase }) => id === event.token && phase.kind === 'waiting');
  return true;
}
