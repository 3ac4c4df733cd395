import type { CompiledGraph, CompiledNode, CompiledTrigger, Json } from '@workflows/core';

/**
 * The graph as tests play it. Retries pause for their whole interval, because jitter would make every run another one.
 * A debounce takes no time, but still merges what belongs to one burst: otherwise each test would have to wait for it.
 */
export function calm(graph: CompiledGraph): CompiledGraph {
  return { ...graph, triggers: mapValues(graph.triggers, calmTrigger), nodes: mapValues(graph.nodes, calmNode) };
}

function calmTrigger(trigger: CompiledTrigger): CompiledTrigger {
  const { session } = trigger;
  if (session.debounceMs === 0) return trigger;
  // More than nothing, so that messages are gathered, and too little to move a clock of milliseconds.
  return { ...trigger, session: { ...session, debounceMs: Number.MIN_VALUE } };
}

function calmNode(node: CompiledNode): CompiledNode {
  const retry = { ...node.retry, jitter: 'none' } as const;
  if (node.type !== 'message.ask') return { ...node, retry };
  return {
    ...node,
    retry,
    render: (scope) => {
      const { config, fields } = node.render(scope);
      return { config: withoutPause(config), fields };
    },
  };
}

function withoutPause(config: Json): Json {
  if (typeof config !== 'object' || config === null || Array.isArray(config) || config['debounce'] === undefined) return config;
  return { ...config, debounce: 'PT0S' };
}

function mapValues<Value>(values: Record<string, Value>, change: (value: Value) => Value): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
