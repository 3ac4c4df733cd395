import { type Failure, WorkflowError } from '../failure.js';
import type { CompiledFork, CompiledJoin } from '../graph/compiled-graph.js';
import type { Json, JsonObject } from '../json.js';
import { regionOf } from './branch.js';
import { type Draft, type Next, whatFailed, whereItStands } from './draft.js';
import { nodeOf } from './node-of.js';
import { scopeOf } from './scope.js';
import type { Branch, Region, Stopped, Token } from './state.js';

/**
 * Regions (language, section 4.4): a token that forks is laid aside as the owner of a region, its branches get tokens of
 * their own, and when enough of them have arrived the owner goes on at the join. Only branches that are under way have
 * tokens, so a foreach over a thousand items is as large as its concurrency, its items and its results.
 */

/** The token's fork is done: it divides. `output.items` is what a foreach goes over. */
export function openRegion(draft: Draft, token: Token, fork: CompiledFork, output: JsonObject | undefined): Next {
  const items = fork.kind === 'foreach' ? output?.['items'] : [];
  if (!Array.isArray(items)) throw new Error(`Node "${token.node}" forked without a list of items. Its strategy must give one.`);
  const size = fork.kind === 'foreach' ? items.length : Object.keys(fork.branches).length;
  const region: Region = { id: token.step, owner: token, size, rest: items, arrived: [], failed: [], steps: {} };
  const { state } = draft;
  state.tokens = state.tokens.filter((other) => other !== token);
  state.regions = [...(state.regions ?? []), region];
  if (fork.kind === 'parallel' && !isShort(draft, region)) {
    for (const [name, node] of Object.entries(fork.branches)) begin(draft, { region: region.id, name, steps: {} }, node);
  } else settle(draft, region);
  return null;
}

/** The node that closes the region in which a token stands; undefined on the main branch. */
export function closingJoin(draft: Draft, token: Token): string | undefined {
  const region = regionOf(draft.state, token);
  return region === undefined ? undefined : forkOf(draft, region).join;
}

/** The token has come to its region's join: its branch is over. */
export function arrive(draft: Draft, token: Token): Next {
  const region = regionOf(draft.state, token);
  if (token.branch === undefined || region === undefined) return null;
  const { collect } = joinOf(draft, region);
  try {
    const value = collect?.(scopeOf(draft.graph, draft.state, token, draft.at));
    region.arrived = [...region.arrived, { branch: token.branch.name, ...(value === undefined ? {} : { value }) }];
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    return lose(draft, token, error.failure);
  }
  takeOut(draft, region, token);
  settle(draft, region);
  return null;
}

/** An error that nobody has caught in the branch: the join collects it, or raises it and the siblings are cancelled. */
export function lose(draft: Draft, token: Token, failure: Failure, origin = whereItStands(draft, token)): Next {
  const region = regionOf(draft.state, token);
  if (token.branch === undefined || region === undefined) return null;
  takeOut(draft, region, token);
  if (joinOf(draft, region).errors === 'fail') {
    raise(draft, region, failure, origin);
    return null;
  }
  const { code, message } = failure;
  const { node, attempt: attempts } = whatFailed(token, origin);
  const error = { code, message, node, attempts };
  region.failed = [...region.failed, { branch: token.branch.name, error }];
  settle(draft, region);
  return null;
}

/**
 * Leaves that many of the regions around the token at once; the token that entered the last of them goes on. A command
 * word leaves them all.
 */
export function leaveRegions(draft: Draft, token: Token, howMany = Infinity): Token {
  const region = howMany > 0 ? regionOf(draft.state, token) : undefined;
  return region === undefined ? token : leaveRegions(draft, close(draft, region), howMany - 1);
}

/** Closes the region when enough have arrived, raises `join.short` when that cannot be any more, else sets the next items going. */
function settle(draft: Draft, region: Region): void {
  const fork = forkOf(draft, region);
  if (isShort(draft, region)) {
    raise(draft, region, tooFew(fork.join, region));
  } else if (region.arrived.length + region.failed.length >= needed(draft, region)) {
    const owner = close(draft, region);
    owner.joined = outputOf(fork, region);
    draft.moves.push({ token: owner, next: { to: fork.join } });
  } else if (fork.kind === 'foreach') {
    for (let live = liveBranches(draft, region); live < fork.concurrency && region.rest.length > 0; live += 1) {
      const [item = null, ...rest] = region.rest;
      const index = region.size - region.rest.length;
      region.rest = rest;
      begin(draft, { region: region.id, name: String(index), each: { item, index }, steps: {}, visits: {} }, fork.body);
    }
  }
}

function raise(draft: Draft, region: Region, failure: Failure, origin?: Stopped): void {
  const { join } = forkOf(draft, region);
  const next: Next = { raiseAt: join, failure, ...(origin === undefined ? {} : { origin }) };
  draft.moves.push({ token: close(draft, region), next });
}

function begin(draft: Draft, branch: Branch, node: string): void {
  const { state, at } = draft;
  const id = (state.counters.tokens ?? 1) + 1;
  state.counters.tokens = id;
  const token: Token = { id, node, step: 0, visit: 0, attempt: 1, enteredAt: at, branch, phase: { kind: 'running' } };
  state.tokens.push(token);
  draft.moves.push({ token, next: { to: node } });
}

/** Ends what is still under way in the region and gives back its owner. Effects that were given out stay given out. */
function close(draft: Draft, region: Region): Token {
  const { state } = draft;
  for (const inner of state.regions?.filter(({ owner }) => owner.branch?.region === region.id) ?? []) {
    takeOut(draft, region, close(draft, inner));
  }
  for (const token of state.tokens.filter(({ branch }) => branch?.region === region.id)) takeOut(draft, region, token);

  const { owner } = region;
  const others = (state.regions ?? []).filter((other) => other !== region);
  if (others.length === 0) delete state.regions;
  else state.regions = others;
  // Steps of parallel branches stay visible behind the join, those of a foreach do not.
  if (owner.branch === undefined) Object.assign(state.steps, region.steps);
  else owner.branch = { ...owner.branch, steps: { ...owner.branch.steps, ...region.steps } };
  state.tokens.push(owner);
  return owner;
}

/** Takes a token out of the run, with what was to be run for it, and keeps the steps of a parallel branch. */
function takeOut(draft: Draft, region: Region, token: Token): void {
  const { state, commands } = draft;
  state.tokens = state.tokens.filter((other) => other !== token);
  const kept = commands.filter((command) => (command.type !== 'run' && command.type !== 'resume') || command.token !== token.id);
  commands.splice(0, commands.length, ...kept);
  if (forkOf(draft, region).kind === 'parallel') region.steps = { ...region.steps, ...token.branch?.steps };
}

function liveBranches({ state }: Draft, region: Region): number {
  const owners = (state.regions ?? []).map(({ owner }) => owner);
  return [...state.tokens, ...owners].filter(({ branch }) => branch?.region === region.id).length;
}

function needed(draft: Draft, region: Region): number {
  const { mode } = joinOf(draft, region);
  if (mode === 'all') return region.size;
  return mode === 'any' ? 1 : mode;
}

/** With `fail` an error ends the region and with `collect` it counts, so only a list can be too short, and from the beginning. */
function isShort(draft: Draft, region: Region): boolean {
  return region.size < needed(draft, region);
}

function outputOf(fork: CompiledFork, { arrived, failed }: Region): JsonObject {
  if (fork.kind === 'parallel') {
    return {
      arrived: arrived.map(({ branch }) => branch),
      failed: Object.fromEntries(failed.map(({ branch, error }) => [branch, error])),
    };
  }
  const inOrder = <T extends { branch: string }>(list: T[]): T[] => [...list].sort((a, b) => Number(a.branch) - Number(b.branch));
  return {
    items: inOrder(arrived).flatMap(({ value }): Json[] => (value === undefined ? [] : [value])),
    failed: inOrder(failed).map(({ branch, error: { code, message } }) => ({ index: Number(branch), code, message })),
  };
}

function tooFew(join: string, region: Region): Failure {
  const message = `The join "${join}" waits for more than the ${region.size} there are. Lower its mode, or check the list before the foreach.`;
  return { code: 'join.short', kind: 'terminal', message };
}

function forkOf(draft: Draft, { owner }: Region): CompiledFork {
  const { fork } = nodeOf(draft, owner.node);
  if (fork === undefined) throw new Error(`Node "${owner.node}" opened a region but is no fork.`);
  return fork;
}

function joinOf(draft: Draft, region: Region): CompiledJoin {
  const id = forkOf(draft, region).join;
  const { join } = nodeOf(draft, id);
  if (join === undefined) throw new Error(`Node "${id}" closes a region but is no join.`);
  return join;
}
