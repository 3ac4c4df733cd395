import type { Json, JsonObject } from '../json.js';
import type { Draft } from './draft.js';
import type { ExecutionState, Region, Token } from './state.js';

/** The region that a token stands in, innermost; undefined on the main branch. */
export function regionOf(state: ExecutionState, token: Token): Region | undefined {
  return state.regions?.find(({ id }) => id === token.branch?.region);
}

/** `steps` as the expressions of a token see it: what it and the branches around it have left. Siblings are not in it. */
export function visibleSteps(state: ExecutionState, token: Token): JsonObject {
  const { branch } = token;
  if (branch === undefined) return state.steps;
  const owner = regionOf(state, token)?.owner;
  return { ...(owner === undefined ? state.steps : visibleSteps(state, owner)), ...branch.steps };
}

/** `each`, inside the iterations of a foreach. */
export function eachOf(state: ExecutionState, token: Token | null): { each?: { item: Json; index: number } } {
  const iteration = token === null ? undefined : iterationOf(state, token);
  return iteration?.branch?.each === undefined ? {} : { each: iteration.branch.each };
}

/** Keeps the output of the token's node where its branch, and nobody beside it, sees it. */
export function keepStep(draft: Draft, token: Token, output: Json): void {
  if (token.branch === undefined) draft.state.steps[token.node] = output;
  else token.branch = { ...token.branch, steps: { ...token.branch.steps, [token.node]: output } };
}

/** How often the node was visited before: over the run, and inside a foreach over the iteration. */
export function visitsOf(draft: Draft, token: Token, node: string): number {
  return visitsIn(draft.state, token, node);
}

export function visitsIn(state: ExecutionState, token: Token, node: string): number {
  const counted = iterationOf(state, token)?.branch?.visits ?? state.visits;
  return counted[node] ?? 0;
}

export function countVisit(draft: Draft, token: Token, node: string, visits: number): void {
  const iteration = iterationOf(draft.state, token);
  if (iteration?.branch === undefined) draft.state.visits[node] = visits;
  else iteration.branch = { ...iteration.branch, visits: { ...iteration.branch.visits, [node]: visits } };
}

/** The token that stands for the iteration around a token: itself, or one that has forked again since. */
function iterationOf(state: ExecutionState, token: Token): Token | undefined {
  if (token.branch?.each !== undefined) return token;
  const owner = regionOf(state, token)?.owner;
  return owner === undefined ? undefined : iterationOf(state, owner);
}
