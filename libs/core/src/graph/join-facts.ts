import type { Edge } from './edges.js';
import { joinOf, type DocumentRegion, type Regions } from './regions.js';

type Bits = Uint32Array;

/**
 * What holds at the joins of one trigger's runs. On other nodes ways meet as alternatives; at the join of a parallel
 * they meet as branches that were all taken, so that what one of them has assigned holds behind it.
 */
export class JoinFacts {
  readonly #arrived = new Map<DocumentRegion, Map<string, Bits>>();

  constructor(
    private readonly regions: Regions,
    /** What holds where a node is entered; of a fork, what holds in front of its region. */
    private readonly entering: ReadonlyMap<string, Bits>,
  ) {}

  /** Does the edge bring a branch to the join of its region? */
  closes(edge: Edge): boolean {
    const region = this.regions.closedBy(edge.to);
    return region !== undefined && (region.node.id === edge.from || region.members.has(edge.from));
  }

  arrive(edge: Edge, facts: Bits): void {
    const region = this.regions.closedBy(edge.to);
    if (region === undefined) return;
    const arrived = this.#arrived.get(region) ?? new Map<string, Bits>();
    this.#arrived.set(region, arrived);
    for (const { name, pointer, members } of region.branches) {
      if (!members.has(edge.from) && edge.pointer !== pointer) continue;
      const before = arrived.get(name);
      if (before) keepCommon(before, facts);
      else arrived.set(name, facts.slice());
    }
  }

  /** The joins that a step over this node may have changed, with what holds where they are entered. */
  entered(node: string): Array<{ join: string; facts: Bits; fork: string }> {
    return this.regions.all
      .filter((region) => region.node.id === node || region.members.has(node))
      .flatMap((region) => {
        const facts = this.#atJoin(region);
        return facts ? [{ join: region.fork.join, facts, fork: region.node.id }] : [];
      });
  }

  /** What holds behind a join where that is not what holds in front of it; undefined for any other edge. */
  leaving(edge: Edge): Bits | undefined {
    const region = this.regions.closedBy(edge.from);
    // Of the iterations of a foreach nothing is left but what they collect; an error may have come from anywhere.
    return region && (region.fork.kind === 'foreach' || edge.kind !== 'port') ? this.entering.get(region.node.id) : undefined;
  }

  #atJoin(region: DocumentRegion): Bits | undefined {
    const before = this.entering.get(region.node.id);
    const branches = [...(this.#arrived.get(region)?.values() ?? [])];
    const [first, ...others] = branches;
    if (!before || !first) return undefined;
    if (region.fork.kind === 'foreach') return first;
    if (branches.length < region.branches.length) return undefined;
    const join = region.join ? joinOf(region.join) : undefined;
    if (join?.errors === 'collect') return before;
    const isAll = join?.mode === 'all' || Number(join?.mode) >= region.branches.length;
    const facts = first.slice();
    for (const other of others) {
      if (isAll) facts.forEach((word, index) => (facts[index] = (word | (other[index] ?? 0)) >>> 0));
      else keepCommon(facts, other);
    }
    return facts;
  }
}

/** Intersects in place; true when something was lost. */
export function keepCommon(facts: Uint32Array, other: Uint32Array): boolean {
  let changed = false;
  for (let word = 0; word < facts.length; word += 1) {
    const before = facts[word] ?? 0;
    const both = (before & (other[word] ?? 0)) >>> 0;
    if (both !== before) {
      facts[word] = both;
      changed = true;
    }
  }
  return changed;
}
