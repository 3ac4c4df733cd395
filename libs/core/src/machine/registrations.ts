import type { Draft } from './draft.js';
import { giveEffect } from './give-effect.js';
import type { ExecutionState, Token } from './state.js';
import type { Registration, Write } from './write.js';

/**
 * Begins and ends what waiting steps have written outside of the run, by what has changed in one transition. There are
 * many ways out of a wait (its node, a command, a sibling that closes the region, the end of the run, an operator) and
 * one back into it, so what is compared is where the run stands, and not what has happened.
 */
export function keepRegistrations(draft: Draft, before: ExecutionState | null): void {
  const past = before === null ? [] : registered(before);
  const present = registered(draft.state);
  for (const { token, registration } of past) {
    const { end } = registration;
    if (end !== undefined && !isAmong(token, present) && before !== null) write(draft, token, end, before);
  }
  for (const { token, registration } of present) {
    if (!isAmong(token, past)) write(draft, token, registration.begin, draft.state);
  }
}

interface Registered {
  token: Token;
  registration: Registration;
}

function registered({ tokens }: ExecutionState): Registered[] {
  return tokens.flatMap((token) => {
    const registration = registrationOf(token);
    return registration === undefined ? [] : [{ token, registration }];
  });
}

function registrationOf({ phase }: Token): Registration | undefined {
  if (phase.kind === 'waiting') return phase.wait.registration;
  return phase.kind === 'running' ? phase.registration : undefined;
}

function isAmong({ step }: Token, others: readonly Registered[]): boolean {
  return others.some(({ token }) => token.step === step);
}

function write(draft: Draft, token: Token, what: Write, within: ExecutionState): void {
  giveEffect(draft, token, { kind: 'write', write: what }, within);
}
