import type { CompiledGraph } from '../graph/compiled-graph.js';
import { type Draft, draftOf, type Next } from './draft.js';
import { ask } from './enter.js';
import type { ExecutionEvent, ForkOrigin } from './event.js';
import { plusMs } from './instant.js';
import { move } from './move.js';
import type { ExecutionState, Token } from './state.js';

/** A state without what the event that starts a fork says itself. */
export type ForkedState = Omit<ExecutionState, 'id' | 'trigger' | 'event' | 'context'>;

/** What an event has of the run that was forked. */
export function stateOfFork(fork: ForkOrigin): ForkedState {
  const read: (text: string) => ForkedState = JSON.parse;
  return read(JSON.stringify(fork.state));
}

type Started = ExecutionEvent & { type: 'started' };
type Forked = Started & { fork: ForkOrigin };

export const isForked = (event: Started): event is Forked => event.fork !== undefined;

/**
 * Brings a run to life in the middle of another one's way. It has all that the other had by then, but for what is the
 * other's alone: who called it, what it would undo, and what it waited for outside (tasks, events, calls), for which
 * those steps begin again.
 */
export function startFork(graph: CompiledGraph, event: Forked): Draft {
  const draft = draftOf(graph, newborn(graph, event), event.at);
  for (const token of [...draft.state.tokens]) {
    // One before it may have failed and ended the run, or closed the region of this one.
    if (draft.state.tokens.includes(token)) move(draft, token, beginAgain(draft, token));
  }
  return draft;
}

function newborn(graph: CompiledGraph, { at, executionId, trigger, event, context, fork }: Forked): ExecutionState {
  const state: ExecutionState = {
    ...stateOfFork(fork),
    id: executionId,
    trigger,
    event,
    context,
    startedAt: at,
    expiresAt: plusMs(at, graph.limits.maxDurationMs),
    status: 'running',
    forkedFrom: { executionId: fork.executionId, step: fork.step },
  };
  for (const own of ['caller', 'compensations', 'compensated', 'held', 'paused', 'silenced', 'reason'] as const)
    delete state[own];
  return state;
}

function beginAgain(draft: Draft, token: Token): Next {
  const { phase } = token;
  if (phase.kind === 'waiting' && phase.wait.registration !== undefined) token.phase = { kind: 'running' };
  if (token.phase.kind !== 'running') return null;
  token.enteredAt = draft.at;
  return ask(draft, token);
}
