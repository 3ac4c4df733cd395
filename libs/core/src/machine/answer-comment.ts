import type { Effect } from './outcome.js';
import type { ExecutionState } from './state.js';

/**
 * Ties what a run says to the comment that started it: all that it says in public, and the first message that it says in
 * private, which a comment allows although its author has not written (language, section 6.2: *one message*).
 */
export function answering(state: ExecutionState, effect: Effect): Effect {
  const { type, commentId } = state.event;
  if (type !== 'channel.comment' || typeof commentId !== 'string') return effect;
  if (effect.kind !== 'message' || effect.message.type !== 'content') return effect;
  const { message } = effect;
  if (message.public !== true) {
    if (state.commentAnswered === true) return effect;
    state.commentAnswered = true;
  }
  return { ...effect, message: { ...message, comment: { id: commentId, at: state.startedAt } } };
}
