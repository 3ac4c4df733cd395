import type { CompiledGraph } from '../graph/compiled-graph.js';
import { hasEnded } from './draft.js';
import type { ExecutionEvent } from './event.js';
import { isSurelySmall, STATE_CEILING, stateSize } from './state-size.js';
import type { ExecutionState } from './state.js';
import { type Transition, transition } from './transition.js';

/**
 * `transition` for a live run: an event that would make its state larger than a run may keep is not taken in, and the
 * run fails with `limit.state` at the size it has. `events` is what is to be recorded. The decision is an event and not
 * part of the machine, so that a history stays what it was when the ceiling moves.
 */
export function transitionBelowCeiling(
  graph: CompiledGraph,
  state: ExecutionState | null,
  event: ExecutionEvent,
): Transition & { events: ExecutionEvent[] } {
  const next = transition(graph, state, event);
  if (isSurelySmall(next.state)) return { ...next, events: [event] };
  const bytes = stateSize(next.state);
  const stays = bytes <= STATE_CEILING || event.type === 'broken' || (state !== null && hasEnded(state));
  if (stays) return { ...next, events: [event] };
  const broken: ExecutionEvent = { type: 'broken', at: event.at, failure: tooLarge(bytes) };
  if (event.type !== 'started') return { ...transition(graph, state, broken), events: [broken] };
  // A run begins with its event; one that is too large to keep is recorded without what it brought.
  const { message: _message, ...rest } = event;
  const started: ExecutionEvent = { ...rest, event: { trigger: event.trigger } };
  return { ...transition(graph, transition(graph, null, started).state, broken), events: [started, broken] };
}

function tooLarge(bytes: number) {
  const kilobytes = (size: number): string => `${Math.ceil(size / 1024)} KB`;
  return {
    code: 'limit.state',
    kind: 'terminal' as const,
    message: `The run would keep ${kilobytes(bytes)}, and it may keep ${kilobytes(STATE_CEILING)}. Keep only what later steps read: pick it with "output" or "transform", and leave large things where they are.`,
  };
}
