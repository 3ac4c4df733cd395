import type { CompiledNode } from '../graph/compiled-graph.js';
import type { Draft } from './draft.js';

export function nodeOf(draft: Draft, nodeId: string): CompiledNode {
  const node = draft.graph.nodes[nodeId];
  if (node === undefined)
    throw new Error(`Workflow "${draft.graph.workflow}" version ${draft.graph.version} has no node "${nodeId}"`);
  return node;
}
