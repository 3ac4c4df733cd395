import type { CompiledGraph } from '../graph/compiled-graph.js';

const paths = new WeakMap<CompiledGraph, ReadonlySet<string>>();

/**
 * The nodes from the targets of `defaults.catch` up to and including the first waiting or end node on each way. There
 * `defaults.catch` does not catch, so that it cannot loop on itself; the compiler proves its graphs by the same rule.
 */
export function errorPath(graph: CompiledGraph): ReadonlySet<string> {
  const known = paths.get(graph);
  if (known !== undefined) return known;
  const path = new Set<string>();
  const open = graph.defaultCatch.map(({ next }) => next);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (path.has(id)) continue;
    path.add(id);
    const node = graph.nodes[id];
    if (node !== undefined && node.spec.category !== 'waiting') open.push(...Object.values(node.ports));
  }
  paths.set(graph, path);
  return path;
}
