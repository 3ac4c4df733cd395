import {
  type CatchRule,
  type CompiledGraph,
  type ExecutionEvent,
  type ExecutionState,
  fold,
  type Json,
  type JsonObject,
  matchesErrorPattern,
} from '@workflows/core';
import { isObject } from './json.js';
import type { Covered, CoverageReport } from './report.js';
import { pointer } from './test-problem.js';

/** Watches every transition of every test, and knows in the end where none of them came by. */
export class Coverage {
  private readonly taken = new Set<string>();
  private readonly nodes: string[];
  private readonly ports: string[];
  private readonly catches: string[];

  constructor(
    private readonly graph: CompiledGraph,
    private readonly rawNodes: Record<string, JsonObject>,
  ) {
    const all = Object.values(graph.nodes);
    this.nodes = all.map(({ id }) => pointer('/nodes', id));
    this.ports = [
      ...all.flatMap((node) => Object.keys(node.ports).map((port) => this.portAt(node.id, port))),
      ...graph.commands.map((_, index) => pointer('/defaults/commands', index)),
    ];
    this.catches = [
      ...all.flatMap((node) => node.catch.map((_, index) => pointer('/nodes', node.id, 'catch', index))),
      ...graph.defaultCatch.map((_, index) => pointer('/defaults/catch', index)),
    ];
  }

  saw(before: ExecutionState | null, event: ExecutionEvent, after: ExecutionState): void {
    for (const node of Object.keys(after.visits)) this.taken.add(pointer('/nodes', node));
    if (before === null) return;
    const entered = (node: string | undefined): boolean =>
      node !== undefined && (after.visits[node] ?? 0) > (before.visits[node] ?? 0);
    for (const token of before.tokens) {
      if (after.tokens.find(({ id }) => id === token.id)?.step === token.step) continue;
      if (event.type === 'returned' && event.token !== token.id) continue;
      const way = this.wayOut(token.node, event, entered);
      if (way !== undefined) this.taken.add(way);
    }
  }

  report(): CoverageReport {
    const covered = (all: string[]): Covered => {
      const missing = all.filter((place) => !this.taken.has(place));
      return { covered: all.length - missing.length, total: all.length, missing };
    };
    return { nodes: covered(this.nodes), ports: covered(this.ports), catches: covered(this.catches) };
  }

  /** How a token left its node, told by what happened and by which node was entered. */
  private wayOut(from: string, event: ExecutionEvent, entered: (node: string | undefined) => boolean): string | undefined {
    const node = this.graph.nodes[from];
    if (node === undefined) return undefined;
    if (event.type === 'returned' && event.outcome.kind === 'done') {
      const port = event.outcome.port ?? 'next';
      if (entered(node.ports[port])) return this.portAt(from, port);
    }
    if (event.type === 'message') {
      const said = fold(event.message.text);
      const index = this.graph.commands.findIndex(
        ({ keywords, next }) => entered(next) && keywords.some((word) => fold(word) === said),
      );
      return index < 0 ? undefined : pointer('/defaults/commands', index);
    }
    const code = event.type === 'returned' && event.outcome.kind === 'failed' ? event.outcome.failure.code : undefined;
    const own = ruleTaken(node.catch, code, entered);
    if (own >= 0) return pointer('/nodes', from, 'catch', own);
    const fallback = ruleTaken(this.graph.defaultCatch, code, entered);
    return fallback < 0 ? undefined : pointer('/defaults/catch', fallback);
  }

  /** Where the target of a port is written: under `on`, at `next`, or in the type's own fields. */
  private portAt(node: string, port: string): string {
    const raw = this.rawNodes[node] ?? {};
    const at = pointer('/nodes', node);
    if (isObject(raw['on']) && Object.hasOwn(raw['on'], port)) return pointer(at, 'on', port);
    const parts = port.split('/');
    const found = parts.reduce<Json | undefined>(
      (value, part) => (Array.isArray(value) ? value[Number(part)] : isObject(value) ? value[part] : undefined),
      raw,
    );
    return pointer(at, ...parts, ...(typeof found === 'string' ? [] : ['next']));
  }
}

/** Which rule led to the node that was entered. The code may have become another one on its way (a deadline): then the target decides. */
function ruleTaken(rules: readonly CatchRule[], code: string | undefined, entered: (node: string) => boolean): number {
  const named = rules.findIndex(
    ({ errors, next }) => entered(next) && code !== undefined && errors.some((pattern) => matchesErrorPattern(code, pattern)),
  );
  return named >= 0 ? named : rules.findIndex(({ next }) => entered(next));
}
