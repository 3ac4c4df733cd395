import type { ASTNode } from '@marcbachmann/cel-js';
import type { Json } from '../json.js';
import { isObject, toCel } from './convert.js';
import { ROOTS, type Root } from './environment.js';
import { DYN, type ExpressionType } from './type.js';

/** One step of a path: a name that stands in the source, or an index that is computed. */
export interface Segment {
  name: string | null;
  index: ASTNode | null;
  optional: boolean;
  node: ASTNode;
}

/** `a.b.?c['d'][i]` as its base and its segments. */
export function pathOf(node: ASTNode): { base: ASTNode; segments: Segment[] } {
  const segments: Segment[] = [];
  let base = node;
  for (;;) {
    if (base.op === '.' || base.op === '.?') {
      segments.unshift({ name: base.args[1], index: null, optional: base.op === '.?', node: base });
      base = base.args[0];
    } else if (base.op === '[]' || base.op === '[?]') {
      const index: ASTNode = base.args[1];
      const literal = index.op === 'value' && typeof index.args === 'string' ? index.args : null;
      segments.unshift({ name: literal, index: literal === null ? index : null, optional: base.op === '[?]', node: base });
      base = base.args[0];
    } else return { base, segments };
  }
}

const isRoot = (name: string): name is Root => ROOTS.some((root) => root === name);

/** The paths that an expression reads, each as far as it is written out: `['vars', 'email']`. */
export function readsOf(ast: ASTNode): string[][] {
  const reads: string[][] = [];
  collect(ast, new Set(), reads);
  return reads;
}

function collect(node: ASTNode, bound: ReadonlySet<string>, reads: string[][]): void {
  switch (node.op) {
    case 'value':
      return;
    case 'id':
    case '.':
    case '.?':
    case '[]':
    case '[?]':
      return void collectPath(node, bound, reads);
    case 'call':
      return void node.args[1].forEach((argument) => collect(argument, bound, reads));
    case 'rcall': {
      const [method, receiver, args] = node.args;
      const variable = macroVariable(method, receiver, args);
      if (!(receiver.op === 'id' && receiver.args === 'cel')) collect(receiver, bound, reads);
      const inner = variable === undefined ? bound : new Set([...bound, variable]);
      args.slice(variable === undefined ? 0 : 1).forEach((argument, position) => {
        // In cel.bind(x, init, body) the variable is not yet there in init.
        collect(argument, method === 'bind' && position === 0 ? bound : inner, reads);
      });
      return;
    }
    default:
      childrenOf(node).forEach((child) => collect(child, bound, reads));
  }
}

function collectPath(node: ASTNode, bound: ReadonlySet<string>, reads: string[][]): void {
  const { base, segments } = pathOf(node);
  for (const segment of segments) if (segment.index) collect(segment.index, bound, reads);
  if (base.op !== 'id') return void collect(base, bound, reads);
  if (bound.has(base.args) || !isRoot(base.args)) return;
  const computed = segments.findIndex((segment) => segment.name === null);
  const names = (computed === -1 ? segments : segments.slice(0, computed)).map((segment) => segment.name ?? '');
  reads.push([base.args, ...names]);
}

/** The name that a macro binds, or undefined when the call is none. */
export function macroVariable(method: string, receiver: ASTNode, args: ASTNode[]): string | undefined {
  const first = args[0];
  if (first?.op !== 'id') return undefined;
  if (method === 'bind') return receiver.op === 'id' && receiver.args === 'cel' && args.length === 3 ? first.args : undefined;
  const binds = (LOOPS.has(method) && args.length === 2) || (method === 'map' && args.length === 3);
  return binds ? first.args : undefined;
}

export const LOOPS: ReadonlySet<string> = new Set(['map', 'filter', 'all', 'exists', 'exists_one']);

/** The operands of operators and literals; calls and paths are looked at by whoever knows what they mean. */
export function childrenOf(node: ASTNode): ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '!_':
    case '-_':
      return [node.args];
    case 'list':
      return node.args;
    case 'map':
      return node.args.flat();
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    default:
      return [...node.args];
  }
}

/** A path in the tree of what is read: either more names below, or the end, where the value is converted whole. */
export interface ReadTree {
  below: Map<string, ReadTree>;
  whole: boolean;
}

/** Reads as a tree, so that a value is converted once and nothing beside it is touched. */
export function readTree(reads: string[][]): ReadTree {
  const tree: ReadTree = { below: new Map(), whole: false };
  for (const path of reads) {
    let place = tree;
    for (const name of path) {
      let next = place.below.get(name);
      if (!next) place.below.set(name, (next = { below: new Map(), whole: false }));
      place = next;
    }
    place.whole = true;
  }
  return tree;
}

type Reader = (value: Json) => unknown;

/** Builds the function that takes what a tree reads out of a value of the type, ready for the expression. */
export function readerOf(tree: ReadTree, type: ExpressionType): Reader {
  if (tree.whole) return (value) => toCel(type, value);
  const readers = [...tree.below].map(([name, child]): [string, Reader] => {
    const field = type.kind === 'object' && Object.hasOwn(type.fields, name) ? type.fields[name]?.type : undefined;
    return [name, readerOf(child, field ?? DYN)];
  });
  return (value) => {
    // Not an object after all: given on as it is, the expression fails on it with a clear message.
    if (!isObject(value)) return toCel(DYN, value);
    const result: Record<string, unknown> = {};
    for (const [name, reader] of readers) {
      if (name === '__proto__' || !Object.hasOwn(value, name)) continue;
      const item = value[name];
      if (item !== undefined && item !== null) result[name] = reader(item);
    }
    return result;
  };
}
