import { assertNever } from '../assert-never.js';
import { decide } from './decide.js';
import { type Draft, endRun, hasEnded, type Next } from './draft.js';
import { pendingCommands } from './due.js';
import { place, run } from './enter.js';
import { plusMs } from './instant.js';
import { move } from './move.js';
import type { Order } from './order.js';
import { leaveRegions } from './region.js';
import { leave } from './returned.js';
import { findReturn } from './return-to.js';
import type { ExecutionState, Token } from './state.js';

/** Carries out what an operator has ordered. What cannot be carried out any more changes nothing. */
export function carryOut(draft: Draft, given: Order): void {
  const decision = decide(draft.graph, draft.state, given);
  if (!decision.accepted) return;
  const { order } = decision;
  switch (order.type) {
    case 'pause':
      draft.state.paused ??= { at: draft.at };
      return;
    case 'resume':
      delete draft.state.paused;
      draft.commands.push(...commandsOf(draft));
      return;
    case 'cancel':
      cancelRun(draft, order.reason);
      return;
    case 'retry': {
      const token = goOn(draft);
      const { from } = order;
      if (token !== undefined && from === undefined) move(draft, token, again(draft, token));
      if (token !== undefined && from !== undefined) move(draft, backTo(draft, token, from), { to: from });
      draft.commands.push(...commandsOf(draft));
      return;
    }
    case 'skip': {
      if (hasEnded(draft.state)) goOn(draft);
      const token = draft.state.tokens.find(({ step }) => step === order.step);
      const { port, output } = order;
      const left = { kind: 'done', ...(port === undefined ? {} : { port }), output: output ?? {} } as const;
      if (token !== undefined) move(draft, token, leave(draft, token, left, true));
      draft.commands.push(...commandsOf(draft));
      return;
    }
    default:
      assertNever(order);
  }
}

/** Ends the run between two steps. What it has decided to send and not sent yet stays unsent. */
export function cancelRun(draft: Draft, reason: string): void {
  // One that is being undone has its end already, and what undoes it must be sent.
  if (draft.state.ending !== undefined) return;
  endRun(draft, { status: 'cancelled', reason });
  draft.commands.push({ type: 'withdraw' });
}

/** A failed run stands again where it stood. The time that it lay there does not count against its ceiling. */
function goOn(draft: Draft): Token | undefined {
  const { state } = draft;
  const { stopped } = state;
  if (stopped === undefined) return undefined;
  const lay = Date.parse(draft.at) - Date.parse(stopped.at);
  state.expiresAt = plusMs(state.expiresAt, Math.max(0, lay));
  state.status = 'running';
  state.tokens = stopped.tokens.map((token) => ({ ...token }));
  if (stopped.regions !== undefined) state.regions = stopped.regions.map((region) => ({ ...region, owner: { ...region.owner } }));
  for (const ending of ['stopped', 'error', 'reason', 'output'] as const) delete state[ending];
  return state.tokens.find(({ id }) => id === stopped.token);
}

/** Another try of the same visit: with a step, a time and attempts of its own, but under the same idempotency key. */
function again(draft: Draft, token: Token): Next {
  return place(draft, token, token.node) ? run(draft, token) : null;
}

function backTo(draft: Draft, token: Token, node: string): Token {
  const back = findReturn(draft.graph, draft.state, token, node);
  return 'reason' in back || back.regionsToLeave === 0 ? token : leaveRegions(draft, token, back.regionsToLeave);
}

/** What the steps that are at work still have to be asked, beside what this transition has asked already. */
export function commandsOf(draft: Draft): Draft['commands'] {
  const { graph, state } = draft;
  const asked = [...draft.commands, ...answersOf(state)];
  const isAsked = (token: number, step: number): boolean =>
    asked.some((each) => 'token' in each && each.token === token && each.step === step);
  return pendingCommands(graph, state).filter((command) => !('token' in command) || !isAsked(command.token, command.step));
}

/** Answers that came while the run was paused are acted upon next, so nobody has to be asked for them. */
function answersOf(state: ExecutionState): Array<{ token: number; step: number }> {
  return (state.held ?? []).flatMap((event) => (event.type === 'returned' ? [{ token: event.token, step: event.step }] : []));
}
