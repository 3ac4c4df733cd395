import { type CompiledNode, findNode } from '../graph/compiled-graph.js';
import type { MovableVersion } from './version.js';

/** What is called otherwise in the new version: nodes by their old names, variables as expressions over the old run. */
export interface Mapping {
  nodes: Record<string, string>;
  vars: Record<string, string>;
}

export const NO_MAPPING: Mapping = { nodes: {}, vars: {} };

/** Why a run cannot move. */
export interface Obstacle {
  code: string;
  /** JSON Pointer into the document of the new version, or of the old one where it has no such place. */
  path: string;
  message: string;
  /** True: a mapping can help. */
  mappable: boolean;
}

export function isSameKind(one: CompiledNode, other: CompiledNode): boolean {
  return one.type === other.type && one.typeVersion === other.typeVersion;
}

/** The node of the new version on which an old one's runs would stand. */
export function mappedNode(to: MovableVersion, { nodes }: Mapping, old: string): CompiledNode | undefined {
  return findNode(to.graph, nodes[old] ?? old);
}
