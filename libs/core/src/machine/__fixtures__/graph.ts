import { z } from 'zod';
import type { NodeCategory, NodeTypeSpec } from '../../definition/node-type.js';
import type { CompiledGraph, CompiledNode, CompiledTrigger } from '../../graph/compiled-graph.js';

/** A node type without rules of its own, for graphs that are built by hand. */
export function specOf(category: NodeCategory, primary?: string): NodeTypeSpec {
  return {
    type: `test.${category}`,
    typeVersion: 1,
    title: category,
    description: 'For tests of the machine',
    group: 'flow',
    category,
    config: z.unknown(),
    hasNext: true,
    ports: () => [],
    output: () => ({}),
    ...(primary === undefined ? {} : { primary }),
  };
}

export function nodeOf(id: string, overrides: Partial<CompiledNode> = {}): CompiledNode {
  const spec = overrides.spec ?? specOf('activity');
  return {
    id,
    type: spec.type,
    typeVersion: 1,
    spec,
    ...(spec.primary === undefined ? {} : { primary: spec.primary }),
    render: () => ({ config: {}, fields: {} }),
    evaluate: () => true,
    ports: { next: 'done' },
    catch: [],
    retry: { maxAttempts: 1, intervalMs: 1000, backoff: 2, maxIntervalMs: 60_000, jitter: 'none' },
    timeoutMs: null,
    deadlineMs: null,
    assign: {},
    maxVisits: null,
    interruptible: false,
    sensitive: false,
    ...overrides,
  };
}

export function triggerOf(id: string, overrides: Partial<CompiledTrigger> = {}): CompiledTrigger {
  return {
    id,
    type: 'channel.message',
    definition: { id, type: 'channel.message', channels: ['whatsapp'] },
    assign: {},
    session: { key: 'contact', onActive: 'resume', debounceMs: 0, maxDebounceMs: 0 },
    ...overrides,
  };
}

/** A graph whose first node is `first`; there is always a node `done`. */
export function graphOf(nodes: CompiledNode[], overrides: Partial<CompiledGraph> = {}): CompiledGraph {
  const all = [...nodes, nodeOf('done', { spec: specOf('pure'), ports: {} })];
  return {
    workflow: 'test',
    version: 1,
    hash: '',
    start: all[0]?.id ?? 'done',
    vars: {},
    triggers: { hello: triggerOf('hello') },
    nodes: Object.fromEntries(all.map((node) => [node.id, node])),
    limits: { maxSteps: 500, maxDurationMs: 30 * 86_400_000, maxSends: 100 },
    defaultCatch: [],
    commands: [],
    ...overrides,
  };
}
