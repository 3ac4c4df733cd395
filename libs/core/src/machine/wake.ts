import { fold } from '../message/fold.js';
import type { InboundMessage } from '../message/inbound.js';
import { type Draft, failRun, type Next } from './draft.js';
import { durationExceeded, resume, run } from './enter.js';
import { isDue } from './instant.js';
import { move } from './move.js';
import type { ExecutionEvent } from './event.js';
import type { EffectResult, Signal } from './outcome.js';
import { leaveRegions } from './region.js';
import { deadlineFailure } from './retry.js';
import { gathered } from './start.js';
import type { Token } from './state.js';
import { isStill } from './still.js';

/** Time has passed: everything that is due by now goes on. A timer that comes too early changes nothing. */
export function onTimer(draft: Draft): void {
  const { state, at } = draft;
  if (state.ending === undefined && isDue(state.expiresAt, at)) {
    failRun(draft, durationExceeded());
    return;
  }
  if (isStill(state)) return;
  if (state.gathering !== undefined) {
    if (isDue(state.gathering.until, at)) gathered(draft);
    return;
  }
  for (const token of [...state.tokens]) {
    // One that wakes before it may have closed the region of this one.
    if (draft.state.tokens.includes(token)) move(draft, token, wakeIfDue(draft, token));
  }
}

/** A message for the token that waits for it; one that nobody waits for any more changes nothing. */
export function onMessage(draft: Draft, token: Token | undefined, message: InboundMessage, receivedAt: string): void {
  if (token === undefined || token.phase.kind !== 'waiting' || token.phase.wait.messages === undefined) return;
  const command = token.phase.wait.messages === 'answer' ? commandFor(draft, message) : null;
  if (command !== null) move(draft, leaveRegions(draft, token), command);
  else move(draft, token, resume(draft, token, { type: 'message', at: draft.at, message, receivedAt }));
}

/** An effect has come to its end. Only a node that asked for it is told; otherwise the history is all that keeps it. */
export function onEffect(draft: Draft, seq: number, result: EffectResult): void {
  const token = draft.state.tokens.find(({ phase }) => phase.kind !== 'retrying' && phase.pendingEffects?.includes(seq));
  if (token === undefined) return;
  const { phase } = token;
  if (phase.kind === 'running') {
    const pendingEffects = without(phase.pendingEffects ?? [], seq);
    token.phase = { ...phase, pendingEffects, settledEffects: [...(phase.settledEffects ?? []), { seq, result }] };
  } else if (phase.kind === 'waiting') {
    token.phase = { ...phase, pendingEffects: without(phase.pendingEffects, seq) };
    move(draft, token, resume(draft, token, { type: 'effect', at: draft.at, result }));
  }
}

/** A signal for a step that does not wait for it (any more) changes nothing: the history is all that keeps it. */
export function onSignal(draft: Draft, { step, name, data, id }: ExecutionEvent & { type: 'signal' }): void {
  if (id !== undefined && draft.state.taken?.includes(id) === true) return;
  const token = draft.state.tokens.find((candidate) => candidate.step === step);
  if (token === undefined || token.phase.kind !== 'waiting' || token.phase.wait.signals?.includes(name) !== true) return;
  const signal: Signal = { type: 'signal', at: draft.at, name, data, ...(id === undefined ? {} : { id }) };
  move(draft, token, resume(draft, token, signal));
}

function wakeIfDue(draft: Draft, token: Token): Next {
  const { phase } = token;
  if (phase.kind === 'retrying' && isDue(phase.at, draft.at)) {
    token.attempt += 1;
    return run(draft, token);
  }
  if (phase.kind !== 'waiting') return null;
  if (phase.wait.until !== undefined && isDue(phase.wait.until, draft.at))
    return resume(draft, token, { type: 'timer', at: draft.at });
  if (phase.deadline !== undefined && isDue(phase.deadline, draft.at)) return { failure: deadlineFailure() };
  return null;
}

/** `defaults.commands` come before the answer in every ask (language, section 6.4). */
function commandFor(draft: Draft, message: InboundMessage): Next {
  if (message.kind !== 'text') return null;
  const said = fold(message.text);
  const command = draft.graph.commands.find(({ keywords }) => keywords.some((keyword) => fold(keyword) === said));
  return command === undefined ? null : { to: command.next };
}

function without(seqs: readonly number[], seq: number): number[] {
  return seqs.filter((other) => other !== seq);
}
