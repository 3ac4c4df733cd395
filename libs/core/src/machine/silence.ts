import { commandsOf } from './carry-out.js';
import type { Draft } from './draft.js';
import { resume } from './enter.js';
import { isDue } from './instant.js';
import { move } from './move.js';

/** Name of the signal that has an ask repeat its prompt. */
export const REPEAT = 'repeat';

/** People have the conversation. A run that gave it to them is not told: it waits for their answer. */
export function silence(draft: Draft): void {
  draft.state.silenced ??= { at: draft.at };
}

/**
 * People have given the conversation back: steps that were at work are asked to go on, and the ask that has the turn says
 * again what it wants to know, unless its time is over. Timers that fell due meanwhile fire with the next `timer`.
 */
export function release(draft: Draft, repeat: number | undefined): void {
  if (draft.state.silenced === undefined) return;
  delete draft.state.silenced;
  if (draft.state.paused !== undefined) return;
  const ask = draft.state.tokens.find(({ id }) => id === repeat);
  if (ask?.phase.kind === 'waiting' && ask.phase.wait.messages === 'answer') {
    const { until } = ask.phase.wait;
    const isOver = until !== undefined && isDue(until, draft.at);
    if (!isOver) move(draft, ask, resume(draft, ask, { type: 'signal', at: draft.at, name: REPEAT, data: null }));
  }
  draft.commands.push(...commandsOf(draft));
}
