import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { Command } from './command.js';
import { draftOf, hasEnded } from './draft.js';
import { inputOf } from './input-of.js';
import { earliest } from './instant.js';
import type { ExecutionState, Token } from './state.js';
import { isStill } from './still.js';

/**
 * The earliest instant at which the run needs a `timer` event, or null when it has ended. Never later than its ceiling,
 * which is all that a run needs to be told of while it stands still.
 */
export function nextDue(state: ExecutionState): string | null {
  if (hasEnded(state)) return null;
  if (isStill(state)) return state.expiresAt;
  // What is undone has its deadline, and the ceiling is behind it.
  const ceiling = state.ending === undefined ? [state.expiresAt] : [];
  const gathering = state.gathering === undefined ? [] : [state.gathering.until];
  return earliest([...state.tokens.flatMap(dueOf), ...gathering, ...ceiling]);
}

function dueOf({ phase }: Token): string[] {
  switch (phase.kind) {
    case 'running':
      return [];
    case 'retrying':
      return [phase.at];
    case 'waiting':
      return [phase.wait.until, phase.deadline].filter((instant) => instant !== undefined);
  }
}

/**
 * The `run` and `resume` commands of tokens whose strategies have not answered yet: what a runner does first with a state
 * that was committed in the middle of a segment. A run that stands still has none: they are given out when it goes on.
 */
export function pendingCommands(graph: CompiledGraph, state: ExecutionState): Command[] {
  if (isStill(state)) return [];
  const draft = draftOf(graph, state, state.startedAt);
  return state.tokens.flatMap((token): Command[] => {
    if (token.phase.kind !== 'running') return [];
    const { id, step, node, attempt, phase } = token;
    const input = inputOf(draft, token);
    const { signal, memory } = phase;
    if (signal === undefined) return [{ type: 'run', token: id, step, node, attempt, input }];
    return [{ type: 'resume', token: id, step, node, attempt, input, signal, memory }];
  });
}
