import { nearestName } from '../definition/suggest.js';
import { isObject } from '../expression/convert.js';
import type { Edge } from './edges.js';
import type { Outline } from './outline.js';
import { outputsByPort } from './outputs.js';

/** What surely holds at a place: `vars.x` is assigned, `steps.n` has run, `steps.n.f` is in its output. */
export interface Facts {
  has(fact: string): boolean;
}

/** All facts of a document as bits, because they are intersected many times. */
export class Universe {
  readonly index = new Map<string, number>();
  readonly #outline: Outline;
  readonly #variables: string[];
  readonly #outputs = new Map<string, Record<string, number[]>>();
  /** What each edge changes, because every edge is followed many times. */
  readonly #changes = new WeakMap<Edge, Change>();

  constructor(outline: Outline) {
    this.#outline = outline;
    this.#variables = Object.keys(outline.vars).map((name) => `vars.${name}`);
    this.#variables.forEach((fact) => this.#declare(fact));
    for (const node of outline.nodes.values()) {
      const byPort: Record<string, number[]> = {};
      for (const [port, schema] of Object.entries(outputsByPort(node))) {
        const facts = [`steps.${node.id}`, ...(schema.required ?? []).map((field) => `steps.${node.id}.${field}`)];
        byPort[port] = facts.map((fact) => this.#declare(fact));
      }
      this.#outputs.set(node.id, byPort);
    }
  }

  #declare(fact: string): number {
    const bit = this.index.get(fact) ?? this.index.size;
    this.index.set(fact, bit);
    return bit;
  }

  none(): Uint32Array {
    return new Uint32Array(Math.ceil(this.index.size / 32));
  }

  add(facts: Uint32Array, fact: string): void {
    this.#bitOf(fact).forEach((bit) => setBit(facts, bit));
  }

  /** A misspelt variable is a problem where it is written, and counts as the one that was meant where it is read. */
  #bitOf(fact: string): number[] {
    const bit = this.index.get(fact) ?? this.index.get(nearestName(fact, this.#variables) ?? '');
    return bit === undefined ? [] : [bit];
  }

  /** What holds after an edge. Leaving a node replaces what an earlier visit of it had left in `steps`. */
  along(edge: Edge, before: Uint32Array, until?: string): Uint32Array {
    let change = until === undefined ? this.#changes.get(edge) : undefined;
    if (!change) {
      change = this.#changeOf(edge, until);
      if (until === undefined) this.#changes.set(edge, change);
    }
    const facts = before.slice();
    for (const bit of change.lost) clearBit(facts, bit);
    for (const bit of change.won) setBit(facts, bit);
    return facts;
  }

  #changeOf(edge: Edge, until: string | undefined): Change {
    const outputs = this.#outputs.get(edge.from) ?? {};
    const won = edge.save === undefined ? [] : this.#bitOf(`vars.${edge.save}`);
    if (edge.kind === 'port') {
      won.push(...(outputs[edge.port] ?? []));
      if (edge.port === 'next') won.push(...this.#written(edge.from, until).flatMap((path) => this.#bitOf(path)));
    }
    return { lost: Object.values(outputs).flat(), won };
  }

  /** Without what these nodes have left in `steps`. */
  without(before: Uint32Array, nodes: Iterable<string>): Uint32Array {
    const facts = before.slice();
    for (const id of nodes) {
      for (const port of Object.values(this.#outputs.get(id) ?? {})) port.forEach((bit) => clearBit(facts, bit));
    }
    return facts;
  }

  /** The variables that a node writes when it is done, up to one of its assignments. */
  #written(id: string, until: string | undefined): string[] {
    const raw = this.#outline.nodes.get(id)?.raw;
    const saved = typeof raw?.['save'] === 'string' ? [raw['save']] : [];
    const assigned = isObject(raw?.['assign']) ? Object.keys(raw['assign']) : [];
    const end = until === undefined ? -1 : assigned.indexOf(until);
    return [...saved, ...(end === -1 ? assigned : assigned.slice(0, end))];
  }

  view(facts: Uint32Array): Facts {
    return {
      has: (fact) => {
        const bit = this.index.get(fact);
        return bit !== undefined && ((facts[bit >> 5] ?? 0) & (1 << (bit & 31))) !== 0;
      },
    };
  }
}

/** Facts that an edge takes away and gives, as bits; what it gives comes last. */
interface Change {
  lost: number[];
  won: number[];
}

function setBit(facts: Uint32Array, bit: number): void {
  facts[bit >> 5] = (facts[bit >> 5] ?? 0) | (1 << (bit & 31));
}

function clearBit(facts: Uint32Array, bit: number): void {
  facts[bit >> 5] = (facts[bit >> 5] ?? 0) & ~(1 << (bit & 31));
}
