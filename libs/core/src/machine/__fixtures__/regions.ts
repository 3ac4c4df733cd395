import type { CompiledJoin, CompiledNode } from '../../graph/compiled-graph.js';
import { nodeOf, specOf } from './graph.js';

const PURE = specOf('pure');

export function parallelOf(id: string, branches: Record<string, string>, join: string): CompiledNode {
  return nodeOf(id, { spec: PURE, ports: {}, fork: { kind: 'parallel', branches, join } });
}

export function foreachOf(id: string, body: string, join: string, concurrency = 1): CompiledNode {
  return nodeOf(id, { spec: PURE, ports: {}, fork: { kind: 'foreach', body, concurrency, join } });
}

export function joinOf(
  id: string,
  next: string,
  join: Partial<CompiledJoin> = {},
  more: Partial<CompiledNode> = {},
): CompiledNode {
  return nodeOf(id, { spec: PURE, ports: { next }, join: { mode: 'all', errors: 'fail', ...join }, ...more });
}
