import type { DataSchema } from '../definition/data-schema.js';
import type { Fork, Join } from '../definition/node-type.js';
import { ownEdges, type Edge } from './edges.js';
import type { Outline, OutlineNode } from './outline.js';

/** A fork, its join, and the nodes between them (language, section 4.4). */
export interface DocumentRegion {
  node: OutlineNode;
  fork: Fork;
  /** Null: there is no such node, or it is no join. */
  join: OutlineNode | null;
  branches: RegionBranch[];
  /** All nodes between fork and join, those of inner regions included. */
  members: ReadonlySet<string>;
  /** Nodes that runs can come to without being in the region, the fork and the join among them. */
  outside: ReadonlySet<string>;
  /** False where a node's own fields are wrong, so that where it leads is not known. */
  isKnown: boolean;
}

export interface RegionBranch {
  name: string;
  /** Where its first node is written. */
  pointer: string;
  start: string;
  members: ReadonlySet<string>;
}

/** All regions of a document, an outer one before those inside it. */
export class Regions {
  readonly all: readonly DocumentRegion[];
  readonly #innermost = new Map<string, DocumentRegion>();
  readonly #byJoin = new Map<string, DocumentRegion>();

  constructor(found: DocumentRegion[]) {
    this.all = [...found].sort((a, b) => b.members.size - a.members.size);
    for (const region of this.all) for (const id of region.members) this.#innermost.set(id, region);
    // Where two forks name one join, the first of the document has it.
    for (const region of found) if (region.join && !this.#byJoin.has(region.join.id)) this.#byJoin.set(region.join.id, region);
  }

  /** The innermost region around a node; undefined outside of all. A fork and its join are outside of their own. */
  around(id: string): DocumentRegion | undefined {
    return this.#innermost.get(id);
  }

  /** The outermost region around a node. */
  outermost(id: string): DocumentRegion | undefined {
    return this.all.find(({ members }) => members.has(id));
  }

  /** The region that a join closes. */
  closedBy(join: string): DocumentRegion | undefined {
    return this.#byJoin.get(join);
  }

  /** The foreach whose iterations visit a node. */
  foreachAround(id: string): DocumentRegion | undefined {
    return this.all.findLast(({ fork, members }) => fork.kind === 'foreach' && members.has(id));
  }
}

export function forkOf(node: OutlineNode): Fork | undefined {
  return node.shape ? node.spec?.fork?.(node.shape) : undefined;
}

export function joinOf(node: OutlineNode): Join | undefined {
  return node.shape ? node.spec?.join?.(node.shape) : undefined;
}

/** Finds the regions, and lets each join know what it closes: its output depends on its fork. */
export function regionsOf(outline: Outline): Regions {
  for (const node of [...outline.nodes.values()]) {
    const fork = forkOf(node);
    const join = fork && outline.nodes.get(fork.join);
    if (fork && join?.spec?.join) outline.nodes.set(join.id, closing(join, fork));
  }
  const outgoing = waysOf(outline);
  return new Regions(
    [...outline.nodes.values()].flatMap((node) => {
      const fork = forkOf(node);
      return fork ? [regionOf(outline, node, fork, outgoing)] : [];
    }),
  );
}

function regionOf(outline: Outline, node: OutlineNode, fork: Fork, outgoing: ReadonlyMap<string, string[]>): DocumentRegion {
  const starts =
    fork.kind === 'parallel'
      ? Object.entries(fork.branches).map(([name, start]) => ({ name, start, pointer: `${node.pointer}/branches/${name}` }))
      : [{ name: 'body', start: fork.body, pointer: `${node.pointer}/body` }];
  const entrances = new Set(starts.map(({ start }) => start));
  const around = (outgoing.get(node.id) ?? []).filter((id) => !entrances.has(id));
  const begin = outline.start === undefined ? [] : [outline.start];
  // Around the fork: from the start, but at the fork straight to the join.
  const pass = (id: string): string[] => (id === node.id ? around : (outgoing.get(id) ?? []));
  const outside = follow([...begin, fork.join], pass)
    .add(node.id)
    .add(fork.join);
  const within = (start: string): Set<string> =>
    follow(
      [start],
      (id) => outgoing.get(id) ?? [],
      (id) => !outside.has(id) && outline.nodes.has(id),
    );
  // What the whole document's commands and catches lead to is outside too, unless they lead right into the region.
  const implicit = implicitTargets(outline).filter((id) => !starts.some(({ start }) => within(start).has(id)));
  for (const id of follow(implicit, pass)) outside.add(id);
  const branches = starts.map((branch) => ({ ...branch, members: within(branch.start) }));
  const members = new Set(branches.flatMap((branch) => [...branch.members]));
  const join = outline.nodes.get(fork.join);
  const isKnown = [...members].every((id) => isKnownNode(outline.nodes.get(id)));
  return { node, fork, join: join?.spec?.join ? join : null, branches, members, outside, isKnown };
}

/** Where a token can go from each node; over a region that is inside, straight to its join as well. */
function waysOf(outline: Outline): Map<string, string[]> {
  const outgoing = new Map<string, string[]>();
  for (const node of outline.nodes.values()) {
    const fork = forkOf(node);
    outgoing.set(node.id, [...ownEdges(node).map(({ to }: Edge) => to), ...(fork ? [fork.join] : [])]);
  }
  return outgoing;
}

function implicitTargets({ defaults }: Outline): string[] {
  return [...(defaults.commands ?? []), ...(defaults.catch ?? [])].map(({ next }) => next);
}

function follow(from: string[], next: (id: string) => string[], enters: (id: string) => boolean = () => true): Set<string> {
  const reached = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id) || !enters(id)) continue;
    reached.add(id);
    open.push(...next(id));
  }
  return reached;
}

function isKnownNode(node: OutlineNode | undefined): boolean {
  return node?.spec != null && node.shape !== null;
}

/** The join as the end of one kind of region. */
function closing(join: OutlineNode, fork: Fork): OutlineNode {
  const { spec } = join;
  if (!spec) return join;
  const schema = fork.kind === 'parallel' ? arrivedSchema(Object.keys(fork.branches)) : COLLECTED;
  return { ...join, spec: { ...spec, output: () => schema, ...(fork.kind === 'foreach' ? { primary: 'items' } : {}) } };
}

const string: DataSchema = { type: 'string' };
const integer: DataSchema = { type: 'integer' };

function object(properties: Record<string, DataSchema>, required = Object.keys(properties)): DataSchema {
  return { type: 'object', properties, required };
}

function arrivedSchema(branches: string[]): DataSchema {
  const error = object({ code: string, message: string, node: string, attempts: integer });
  const failed = object(Object.fromEntries(branches.map((name) => [name, error])), []);
  return object({ arrived: { type: 'array', items: { type: 'string', enum: branches } }, failed });
}

const COLLECTED = object({
  items: { type: 'array' },
  failed: { type: 'array', items: object({ index: integer, code: string, message: string }) },
});
