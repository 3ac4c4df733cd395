import { isObject } from '../expression/convert.js';
import { pointerOf } from '../definition/schema-walk.js';
import type { Edge } from './edges.js';
import { portsOf } from './edges.js';
import type { Outline, OutlineNode } from './outline.js';
import type { Problem } from './problem.js';
import { didYouMean, nameHint, nearestName } from '../definition/suggest.js';

/** The graph phase: do all ways lead somewhere, can every node be reached, does every loop wait or end? */
export function checkStructure(outline: Outline, edges: readonly Edge[]): Problem[] {
  return [
    ...missingNodes(outline, edges),
    ...[...outline.nodes.values()].flatMap(portProblems),
    ...unreachable(outline, edges),
    ...deadEnds(outline, edges),
    ...unboundedLoops(outline, edges),
  ];
}

function missingNodes(outline: Outline, edges: readonly Edge[]): Problem[] {
  const targets = new Map<string, string>();
  if (outline.start !== undefined) targets.set('/start', outline.start);
  for (const edge of edges) targets.set(edge.pointer, edge.to);
  // Commands and default catches may lead nowhere even in a document without a question.
  for (const [index, command] of (outline.defaults.commands ?? []).entries())
    targets.set(`/defaults/commands/${index}/next`, command.next);
  for (const [index, rule] of (outline.defaults.catch ?? []).entries()) targets.set(`/defaults/catch/${index}/next`, rule.next);
  return [...targets]
    .filter(([, target]) => !outline.nodes.has(target))
    .map(([pointer, target]) =>
      error(pointer, 'graph.missing_node', `There is no node '${target}'.`, nameHint(target, outline.nodes.keys(), 'Nodes')),
    );
}

function portProblems(node: OutlineNode): Problem[] {
  const problems: Problem[] = [];
  const { spec, shape, raw, pointer } = node;
  if (spec?.hasNext && raw['next'] === undefined) {
    problems.push(
      error(
        `${pointer}/next`,
        'graph.port_unwired',
        `The node '${node.id}' does not say where it goes on.`,
        'Add "next" with the id of a node.',
      ),
    );
  }
  if (!spec || !shape) return problems;
  const ports = portsOf(node);
  const wired = isObject(raw['on']) ? raw['on'] : {};
  for (const port of ports) {
    if (!port.required || wired[port.name] !== undefined) continue;
    const hint = `Add "on": { "${port.name}": "<node>" }.`;
    problems.push(
      error(
        pointerOf(pointer, ['on', port.name]),
        'graph.port_unwired',
        `The port '${port.name}' of '${node.id}' leads nowhere.`,
        hint,
      ),
    );
  }
  const names = ports.map((port) => port.name);
  for (const name of Object.keys(wired)) {
    if (names.includes(name)) continue;
    const hint = names.length > 0 ? nameHint(name, names, 'Ports of this node') : 'This node has no ports under "on".';
    problems.push(
      error(
        pointerOf(pointer, ['on', name]),
        'graph.port_unknown',
        `The node '${node.id}' has no port '${name}'.`,
        hint ?? didYouMean(name, names),
      ),
    );
  }
  return problems;
}

function unreachable(outline: Outline, edges: readonly Edge[]): Problem[] {
  if (outline.start === undefined || !outline.nodes.has(outline.start)) return [];
  const reached = reach(
    [outline.start],
    adjacency(edges, (edge) => [edge.from, edge.to]),
  );
  // A node whose own targets are not known may lead anywhere, so nothing can be said behind it.
  if ([...reached].some((id) => isOpaque(outline.nodes.get(id)))) return [];
  let lost = [...outline.nodes.values()].filter((node) => !reached.has(node.id));
  if (lost.length > 0 && isBroken(outline, edges)) {
    // Behind a way that is broken everything is lost, and mending the way mends it. What nothing leads to is lost anyway.
    const targets = new Set(edges.filter((edge) => edge.from !== edge.to).map((edge) => edge.to));
    const meant = new Set(
      edges.filter((edge) => !outline.nodes.has(edge.to)).map((edge) => nearestName(edge.to, outline.nodes.keys())),
    );
    lost = lost.filter((node) => !targets.has(node.id) && !meant.has(node.id));
  }
  return lost.map((node) =>
    error(node.pointer, 'graph.unreachable', `No way leads to the node '${node.id}'.`, 'Wire it, or remove it.'),
  );
}

function isBroken(outline: Outline, edges: readonly Edge[]): boolean {
  const unwired = [...outline.nodes.values()].some((node) => node.spec?.hasNext && node.raw['next'] === undefined);
  return unwired || edges.some((edge) => !outline.nodes.has(edge.to));
}

function deadEnds(outline: Outline, edges: readonly Edge[]): Problem[] {
  const backward = adjacency(edges, (edge) => [edge.to, edge.from]);
  const nodes = [...outline.nodes.values()];
  const ends = nodes.filter((node) => node.spec?.type === 'end' || isOpaque(node)).map((node) => node.id);
  // A node with a missing target has its own problem already; that way counts as an end.
  const broken = edges.filter((edge) => !outline.nodes.has(edge.to)).map((edge) => edge.from);
  const unwired = nodes.filter((node) => node.spec?.hasNext && node.raw['next'] === undefined).map((node) => node.id);
  const ending = reach([...ends, ...broken, ...unwired], backward);
  return nodes
    .filter((node) => !ending.has(node.id))
    .map((node) =>
      error(
        node.pointer,
        'graph.dead_end',
        `From the node '${node.id}' no way leads to an end.`,
        'Let some way reach a node of type "end".',
      ),
    );
}

/** True: the type does not run here, or its own fields are wrong, so where it leads is not known. */
function isOpaque(node: OutlineNode | undefined): boolean {
  return node !== undefined && (node.spec === null || (node.spec.targets !== undefined && node.shape === null));
}

function unboundedLoops(outline: Outline, edges: readonly Edge[]): Problem[] {
  const free = new Set(
    [...outline.nodes.values()]
      .filter((node) => node.spec?.category !== 'waiting' && node.raw['maxVisits'] === undefined)
      .map((node) => node.id),
  );
  const inside = edges.filter((edge) => free.has(edge.from) && free.has(edge.to));
  const forward = adjacency(inside, (edge) => [edge.from, edge.to]);
  const backward = adjacency(inside, (edge) => [edge.to, edge.from]);
  return loops([...free], forward, backward).map((loop) => {
    const first = [...outline.nodes.keys()].find((id) => loop.includes(id)) ?? loop[0] ?? '';
    const hint = 'Put a node that waits into the loop, or give one of its nodes maxVisits.';
    return error(
      outline.nodes.get(first)?.pointer ?? '',
      'graph.loop_unbounded',
      `The loop over ${loop.map((id) => `'${id}'`).join(', ')} neither waits nor ends.`,
      hint,
    );
  });
}

/** Sets of nodes that can all reach one another. Nodes without a way in or out are peeled off first, mostly leaving none. */
function loops(ids: string[], forward: ReadonlyMap<string, string[]>, backward: ReadonlyMap<string, string[]>): string[][] {
  const left = new Set(ids);
  const some = (next: string[] | undefined): boolean => next?.some((id) => left.has(id)) ?? false;
  for (let size = -1; size !== left.size;) {
    size = left.size;
    for (const id of left) if (!some(forward.get(id)) || !some(backward.get(id))) left.delete(id);
  }
  const found: string[][] = [];
  for (const id of left) {
    const before = reach(backward.get(id) ?? [], backward);
    const loop = [...reach(forward.get(id) ?? [], forward)].filter((member) => before.has(member));
    loop.forEach((member) => left.delete(member));
    if (loop.includes(id)) found.push(loop);
  }
  return found;
}

function adjacency(edges: readonly Edge[], ends: (edge: Edge) => [string, string]): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const edge of edges) {
    const [from, to] = ends(edge);
    const known = map.get(from);
    if (known) known.push(to);
    else map.set(from, [to]);
  }
  return map;
}

function reach(from: string[], next: ReadonlyMap<string, string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    open.push(...(next.get(id) ?? []));
  }
  return reached;
}

function error(path: string, code: string, message: string, hint?: string): Problem {
  return { path, code, severity: 'error', message, ...(hint === undefined ? {} : { hint }) };
}
