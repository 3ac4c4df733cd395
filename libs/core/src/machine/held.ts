import { byTurn, isEarly, listeners, offered } from '../conversation/waiting-tokens.js';
import type { ExecutionEvent, HeldEvent } from './event.js';
import { hasEnded } from './draft.js';
import type { ExecutionState, Stopped } from './state.js';
import { isStill } from './still.js';

/**
 * Whether an event is kept for later. A run that stands still keeps all that comes for its steps; a failed one keeps the results of
 * its effects, because an operator may have it go on, and then its steps still wait for them.
 */
export function isHeld(state: ExecutionState, event: ExecutionEvent): event is HeldEvent {
  if (hasEnded(state)) return event.type === 'effect' && state.stopped !== undefined && isAwaited(state.stopped, event.seq);
  return isStill(state) && isForSteps(event);
}

function isAwaited({ tokens }: Stopped, seq: number): boolean {
  return tokens.some(({ phase }) => phase.kind !== 'retrying' && phase.pendingEffects?.includes(seq));
}

function isForSteps(event: ExecutionEvent): event is HeldEvent {
  return ![
    'started',
    'context',
    'timer',
    'cancelled',
    'ordered',
    'migrated',
    'silenced',
    'released',
    'broken',
    'admitted',
  ].includes(event.type);
}

export function hold(state: ExecutionState, event: HeldEvent): ExecutionState {
  return { ...state, held: [...(state.held ?? []), event] };
}

/**
 * The next held event that the run can act on, and the state without it. What comes from outside waits until all
 * strategies have answered: a second message belongs to what the first one led to.
 */
export function nextHeld(state: ExecutionState): { event: HeldEvent; state: ExecutionState } | null {
  const [event, ...later] = state.held ?? [];
  if (event === undefined || isStill(state) || hasEnded(state)) return null;
  const isAtWork = state.tokens.some(({ phase }) => phase.kind === 'running');
  if (isAtWork && event.type !== 'returned' && event.type !== 'effect') return null;
  const { held: _held, ...rest } = state;
  return { event: readdressed(event, state), state: later.length === 0 ? rest : { ...rest, held: later } };
}

/**
 * A message was addressed when it came. If its step has been left since, it is for the one that has the turn now, by the
 * same rules: what was received before a question was asked is no answer to it.
 */
function readdressed(event: HeldEvent, state: ExecutionState): HeldEvent {
  if (event.type !== 'message' || event.token === undefined) return event;
  const run = { state };
  const byRule = [...byTurn(listeners([run], 'answer')), ...byTurn(listeners([run], 'interrupt'))];
  const fitting = byRule.filter((each) => offered(each, event.message) || !isEarly(each, event.receivedAt));
  const listener = fitting.find(({ token }) => token.id === event.token) ?? fitting[0];
  const { token: _addressed, ...message } = event;
  return listener === undefined ? message : { ...message, token: listener.token.id };
}
