/**
 * What is known of the messaging window at a place (language, section 6.2). `open`: the contact wrote at most
 * `silentMs` ago. `one_message`: a single answer to a comment may be sent. `closed`: free text may be refused.
 */
export type WindowState = { kind: 'open'; silentMs: number } | { kind: 'one_message' } | { kind: 'closed'; why: ClosedBecause };

/** `start`: the run begins without a message of the contact. `one_message`: the single answer was sent or is in doubt. */
export type ClosedBecause = 'start' | 'time' | 'one_message';

/** The contact has written just now. */
export const ANSWERED: WindowState = { kind: 'open', silentMs: 0 };

/** A timer fires at its time or later, and the channel closes the window at its time: the last instant is too late. */
export function openFor(silentMs: number, limitMs: number): WindowState {
  return silentMs >= limitMs ? { kind: 'closed', why: 'time' } : { kind: 'open', silentMs: Math.max(0, silentMs) };
}

/** Two ways meet: the longer silence holds, and a single message only where both ways have it. */
export function merge(one: WindowState, other: WindowState): WindowState {
  if (one.kind === 'closed') return one;
  if (other.kind === 'closed') return other;
  if (one.kind === 'open' && other.kind === 'open') return one.silentMs >= other.silentMs ? one : other;
  return one.kind === other.kind ? one : { kind: 'closed', why: 'one_message' };
}

export function isSame(one: WindowState, other: WindowState): boolean {
  if (one.kind === 'open' && other.kind === 'open') return one.silentMs === other.silentMs;
  return one.kind === other.kind;
}

/**
 * After a time in which the contact may have been silent. A single message does not grow old within a run, and where
 * the channel has no window (`limitMs` is Infinity) there is nothing to count.
 */
export function later(state: WindowState, ms: number, limitMs: number): WindowState {
  return state.kind === 'open' && Number.isFinite(limitMs) ? openFor(state.silentMs + ms, limitMs) : state;
}

/** After something was sent: a single message is used up. */
export function spoken(state: WindowState): WindowState {
  return state.kind === 'one_message' ? { kind: 'closed', why: 'one_message' } : state;
}

/** A condition has shown that the contact wrote at most so long ago. */
export function shownOpen(state: WindowState, silentMs: number): WindowState {
  return state.kind === 'open' && state.silentMs <= silentMs ? state : { kind: 'open', silentMs: Math.max(0, silentMs) };
}
