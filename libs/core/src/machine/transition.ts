import { assertNever } from '../assert-never.js';
import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { Command } from './command.js';
import { type Draft, draftOf, endRun, failRun, hasEnded } from './draft.js';
import type { ExecutionEvent } from './event.js';
import { move } from './move.js';
import { returned } from './returned.js';
import { gather, start } from './start.js';
import type { ExecutionState, Token } from './state.js';
import { onEffect, onMessage, onSignal, onTimer } from './wake.js';

export interface Transition {
  state: ExecutionState;
  commands: Command[];
}

/**
 * The machine: what an event makes of a run, and what is to be done then. Pure, and never writes to its input. Events
 * that do not concern the run any more (it has ended, the token has moved on, the answer came twice) leave it as it is.
 *
 * Throws an Error, which is a defect of the caller, when the first event is not `started` or when the graph is not the
 * one the run was started with. Everything else that can go wrong becomes part of the state.
 */
export function transition(graph: CompiledGraph, state: ExecutionState | null, event: ExecutionEvent): Transition {
  if (state === null) {
    if (event.type !== 'started') throw new Error(`The first event of a run must be "started", not "${event.type}"`);
    return finish(start(graph, event));
  }
  if (hasEnded(state) || event.type === 'started') return { state, commands: [] };
  const draft = draftOf(graph, state, event.at, event.type === 'returned' ? event.random : 0);
  apply(draft, event);
  return finish(draft);
}

function apply(draft: Draft, event: Exclude<ExecutionEvent, { type: 'started' }>): void {
  switch (event.type) {
    case 'returned': {
      const token = tokenAtWork(draft, event);
      if (token !== undefined) move(draft, token, returned(draft, token, event.outcome));
      return;
    }
    case 'message':
      if (event.token === undefined) gather(draft, event.message, event.receivedAt);
      else
        onMessage(
          draft,
          draft.state.tokens.find(({ id }) => id === event.token),
          event.message,
          event.receivedAt,
        );
      return;
    case 'effect':
      onEffect(draft, event.seq, event.result);
      return;
    case 'signal':
      onSignal(draft, event.step, event.name, event.data);
      return;
    case 'timer':
      onTimer(draft);
      return;
    case 'context':
      draft.state.context = event.context;
      return;
    case 'cancelled':
      endRun(draft, { status: 'cancelled', reason: event.reason });
      draft.commands.push({ type: 'withdraw' });
      return;
    case 'broken':
      failRun(draft, event.failure);
      return;
    default:
      assertNever(event);
  }
}

/** The token that this answer is for, or undefined when it was answered before. */
function tokenAtWork(draft: Draft, event: ExecutionEvent & { type: 'returned' }): Token | undefined {
  return draft.state.tokens.find(
    (token) =>
      token.id === event.token && token.step === event.step && token.attempt === event.attempt && token.phase.kind === 'running',
  );
}

function finish(draft: Draft): Transition {
  const { state, commands } = draft;
  if (!hasEnded(state)) state.status = state.tokens.some(({ phase }) => phase.kind === 'running') ? 'running' : 'waiting';
  return { state, commands };
}
