import type { CompiledGraph } from '../graph/compiled-graph.js';
import { regionOf, visitsIn } from './branch.js';
import type { ExecutionState, Token } from './state.js';

/** Where in the document a node stands: inside which branch of which fork. Both absent on the main road. */
interface Standing {
  fork?: string;
  /** Name of the branch of a parallel; a foreach has one body. */
  branch?: string;
}

/**
 * Whether a token can go back to a node that was visited before: it may leave the regions around it on the way, but
 * cannot enter another one, or a sibling's branch.
 */
export function findReturn(
  graph: CompiledGraph,
  state: ExecutionState,
  token: Token,
  node: string,
): { regionsToLeave: number } | { reason: string } {
  if (graph.nodes[node] === undefined) return { reason: `The workflow has no node "${node}".` };
  const wanted = standings(graph).get(node) ?? {};
  let regionsToLeave = 0;
  for (let at: Token | undefined = token; at !== undefined; at = regionOf(state, at)?.owner) {
    if (isThere(graph, state, at, wanted)) {
      if (visitsIn(state, at, node) > 0) return { regionsToLeave };
      return { reason: `The run has not visited "${node}" yet, so it cannot go back to it.` };
    }
    regionsToLeave += 1;
  }
  return { reason: `The node "${node}" is in another branch than "${token.node}". Go back to the fork before both.` };
}

function isThere(graph: CompiledGraph, state: ExecutionState, token: Token, wanted: Standing): boolean {
  const owner = regionOf(state, token)?.owner;
  if (owner === undefined || token.branch === undefined) return wanted.fork === undefined;
  const isParallel = graph.nodes[owner.node]?.fork?.kind === 'parallel';
  return owner.node === wanted.fork && (!isParallel || token.branch.name === wanted.branch);
}

const known = new WeakMap<CompiledGraph, ReadonlyMap<string, Standing>>();

/** Of each node inside a region, its innermost one. Nested regions are walked after those around them, and so win. */
function standings(graph: CompiledGraph): ReadonlyMap<string, Standing> {
  const found = known.get(graph);
  if (found !== undefined) return found;
  const map = new Map<string, Standing>();
  const open = Object.keys(graph.nodes).filter((id) => graph.nodes[id]?.fork !== undefined);
  const sized = open.map((fork) => ({ fork, members: membersOf(graph, fork) }));
  for (const { fork, members } of sized.sort((a, b) => b.members.length - a.members.length)) {
    for (const { node, branch } of members) map.set(node, { fork, ...(branch === undefined ? {} : { branch }) });
  }
  known.set(graph, map);
  return map;
}

function membersOf(graph: CompiledGraph, forkId: string): Array<{ node: string; branch?: string }> {
  const fork = graph.nodes[forkId]?.fork;
  if (fork === undefined) return [];
  const bodies: Array<{ start: string; branch?: string }> =
    fork.kind === 'parallel'
      ? Object.entries(fork.branches).map(([branch, start]) => ({ start, branch }))
      : [{ start: fork.body }];
  return bodies.flatMap(({ start, branch }) =>
    [...reach(graph, start, fork.join)].map((node) => ({ node, ...(branch === undefined ? {} : { branch }) })),
  );
}

/** All nodes from `start` up to the join, through ports, catches and whole regions inside. */
function reach(graph: CompiledGraph, start: string, join: string): Set<string> {
  const seen = new Set<string>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = graph.nodes[id];
    if (id === join || seen.has(id) || node === undefined) continue;
    seen.add(id);
    open.push(...Object.values(node.ports), ...node.catch.map(({ next }) => next));
    if (node.fork?.kind === 'parallel') open.push(...Object.values(node.fork.branches), node.fork.join);
    if (node.fork?.kind === 'foreach') open.push(node.fork.body, node.fork.join);
  }
  return seen;
}
