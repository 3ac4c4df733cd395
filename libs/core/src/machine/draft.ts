import type { Failure } from '../failure.js';
import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { Command } from './command.js';
import type { Ending, ExecutionState, Region, Stopped, Token } from './state.js';

/**
 * One transition while it is being made: a copy of the state that may be written to, and the commands so far. The copy
 * is as deep as the machine writes (tokens, regions, variables, steps, visits, counters); what they hold is replaced whole.
 */
export interface Draft {
  readonly graph: CompiledGraph;
  /** Database time of the event. */
  readonly at: string;
  /** 0 <= random < 1, from the event; only retries use it. */
  readonly random: number;
  readonly state: ExecutionState;
  readonly commands: Command[];
  /** Tokens that are to go on, in their order: one that divides or arrives sets others going. */
  readonly moves: Array<{ token: Token; next: Next }>;
}

/**
 * Where a token goes next: to a node, into the error handling of its node, onto a join that raises an error, or nowhere
 * for now (null). `origin`: where the run stood when the error came up in the branch.
 */
export type Next = { to: string } | { failure: Failure } | { raiseAt: string; failure: Failure; origin?: Stopped } | null;

export function draftOf(graph: CompiledGraph, state: ExecutionState, at: string, random = 0): Draft {
  return {
    graph,
    at,
    random,
    commands: [],
    moves: [],
    state: {
      ...state,
      vars: { ...state.vars },
      steps: { ...state.steps },
      visits: { ...state.visits },
      counters: { ...state.counters },
      tokens: state.tokens.map((token) => ({ ...token })),
      ...(state.regions === undefined ? {} : { regions: copyOf(state.regions) }),
    },
  };
}

export function hasEnded(state: ExecutionState): boolean {
  return state.status === 'completed' || state.status === 'failed' || state.status === 'cancelled';
}

/**
 * Ends the run, or has its steps undone first, if it ends badly and they can be. What was to be run for other tokens is
 * forgotten; effects that were given out stay given out.
 */
export function endRun(draft: Draft, ending: Ending): null {
  const { compensations } = draft.state;
  if (ending.status !== 'completed' && compensations !== undefined) draft.state.ending = ending;
  else Object.assign(draft.state, ending);
  draft.state.tokens = [];
  if (draft.state.ending === undefined) delete draft.state.compensations;
  for (const passing of ['gathering', 'queued', 'regions', 'paused', 'silenced', 'held'] as const) delete draft.state[passing];
  const kept = draft.commands.filter((command) => command.type !== 'run' && command.type !== 'resume');
  draft.commands.splice(0, draft.commands.length, ...kept);
  return null;
}

/**
 * Ends the run with an error. Messages that it has given out are still sent: they came before the error. `origin`: where
 * the run stood, if that was before the regions around the error were closed.
 */
export function failRun(draft: Draft, failure: Failure, token?: Token, origin?: Stopped): null {
  const stopped = origin ?? whereItStands(draft, token);
  const error = token === undefined ? failure : { ...failure, node: whatFailed(token, origin).node };
  endRun(draft, { status: 'failed', error });
  // What is undone cannot be taken up again.
  if (draft.state.ending === undefined) draft.state.stopped = stopped;
  return null;
}

/** The step that an error is of: the one in the branch where a join raises it, and not the join. */
export function whatFailed(token: Token, origin?: Stopped): Token {
  return origin?.tokens.find(({ id }) => id === origin.token) ?? token;
}

/** A copy of the tokens and regions, which the rest of the transition may still change. */
export function whereItStands({ state, at }: Draft, token?: Token): Stopped {
  return {
    at,
    ...(token === undefined ? {} : { token: token.id }),
    tokens: state.tokens.map((each) => ({ ...each })),
    ...(state.regions === undefined ? {} : { regions: copyOf(state.regions) }),
  };
}

function copyOf(regions: readonly Region[]): Region[] {
  return regions.map((region) => ({ ...region, owner: { ...region.owner } }));
}
