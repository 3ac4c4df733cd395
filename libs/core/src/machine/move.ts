import type { Draft, Next } from './draft.js';
import { enter, place } from './enter.js';
import { fail } from './fail.js';
import type { Token } from './state.js';

/** Walks a token on until it, and all that it has set going, wait for somebody else: a strategy, a message, a time, the end. */
export function move(draft: Draft, token: Token, next: Next): void {
  draft.moves.push({ token, next });
  // Loops and no recursion: a chain of nodes that fail at once is only bounded by limits.maxSteps.
  for (let turn = draft.moves.shift(); turn !== undefined; turn = draft.moves.shift()) walk(draft, turn.token, turn.next);
}

function walk(draft: Draft, token: Token, next: Next): void {
  // A token whose region was closed while it stood in line goes nowhere.
  for (let step = next; step !== null && draft.state.tokens.includes(token);) {
    if ('to' in step) step = enter(draft, token, step.to);
    else if ('raiseAt' in step) step = place(draft, token, step.raiseAt) ? fail(draft, token, step.failure, step.origin) : null;
    else step = fail(draft, token, step.failure);
  }
}
