import { type CompiledNode, findNode } from '../graph/compiled-graph.js';
import type { Draft } from './draft.js';

export function nodeOf(draft: Draft, nodeId: string): CompiledNode {
  const node = findNode(draft.graph, nodeId);
  if (node === undefined)
    throw new Error(`Workflow "${draft.graph.workflow}" version ${draft.graph.version} has no node "${nodeId}"`);
  return node;
}
