import { hash } from 'node:crypto';
import type { ExecutionState, Token } from './state.js';

/** `step.idempotencyKey`: the same for all attempts of a step, new at each visit. 32 hex characters. `path`: see branchPath. */
export function stepKey(executionId: string, node: string, visit: number, path = ''): string {
  const parts = JSON.stringify([executionId, path, node, visit]);
  return hash('sha256', parts).slice(0, 32);
}

/** A key that comes from another one, for one of several things that a step does. */
export function derivedKey(key: string, part: string): string {
  return hash('sha256', JSON.stringify([key, part])).slice(0, 32);
}

/** The regions and branches around a token from the outside in, such as `each_lead.1.12/lookups.1.person`; '' on the main branch. */
export function branchPath(state: ExecutionState, token: Token): string {
  const { branch } = token;
  if (branch === undefined) return '';
  const owner = state.regions?.find(({ id }) => id === branch.region)?.owner;
  if (owner === undefined) return branch.name;
  const outer = branchPath(state, owner);
  return `${outer === '' ? '' : `${outer}/`}${owner.node}.${owner.visit}.${branch.name}`;
}
