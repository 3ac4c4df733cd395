import type { InboundMessage } from '../message/inbound.js';
import { isDue } from '../machine/instant.js';
import type { Wait } from '../machine/outcome.js';
import type { Token } from '../machine/state.js';
import type { LiveRun } from './live-run.js';

/** A run, as far as its waiting tokens go. */
type WaitingRun = Pick<LiveRun, 'state'>;

/** A token that waits for the contact, with its run. */
export interface Listener<Run extends WaitingRun = LiveRun> {
  run: Run;
  token: Token;
  wait: Wait;
}

/** Tokens of all runs that wait for a message in the given way. */
export function listeners<Run extends WaitingRun>(runs: readonly Run[], messages: 'answer' | 'interrupt'): Listener<Run>[] {
  return runs.flatMap((run) =>
    run.state.tokens.flatMap((token) =>
      token.phase.kind === 'waiting' && token.phase.wait.messages === messages ? [{ run, token, wait: token.phase.wait }] : [],
    ),
  );
}

/** The asks of a conversation, the one that has the turn first: who asked last has it. */
export function byTurn<Run extends WaitingRun>(asks: readonly Listener<Run>[]): Listener<Run>[] {
  return [...asks].sort((a, b) => Date.parse(askedAt(b)) - Date.parse(askedAt(a)) || (a.run.state.id < b.run.state.id ? 1 : -1));
}

/** True for what was received before the prompt and is therefore no answer to it. */
export function isEarly(listener: Pick<Listener, 'wait'>, receivedAt: string): boolean {
  const { messagesAfter } = listener.wait;
  return messagesAfter !== undefined && isDue(receivedAt, messagesAfter);
}

/** Does a tap name one of the options that this ask has offered? */
export function offered(listener: Pick<Listener, 'wait'>, message: InboundMessage): boolean {
  return message.option !== undefined && (listener.wait.optionIds ?? []).includes(message.option.id);
}

function askedAt({ token }: Pick<Listener, 'token'>): string {
  return token.askedAt ?? token.enteredAt;
}
