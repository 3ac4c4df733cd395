import type { NodeTypeSpec } from '../definition/node-type.js';
import type { JsonObject } from '../json.js';
import { buildGraph } from './build.js';
import type { CompiledGraph } from './compiled-graph.js';
import { regionsOf } from './regions.js';
import { scopeTypes } from './scope-types.js';
import { checkShape } from './shape.js';
import type { FrozenSchemas } from './tenant-context.js';

/**
 * Makes a published version runnable again. It was judged when it was published and is not judged anew, so that a
 * check that was added later cannot stop a live run. `schemas`: those that its expressions were typed by. Throws when it
 * cannot run here, as for a node type that is gone.
 */
export function loadGraph(
  definition: JsonObject,
  { nodeTypes, schemas = {} }: { nodeTypes: readonly NodeTypeSpec[]; schemas?: FrozenSchemas },
): CompiledGraph {
  const { outline, problems } = checkShape(structuredClone(definition), nodeTypes, schemas.tables);
  const broken = [...outline.nodes.values()].find((node) => !node.spec || !node.shape || !node.definition);
  const lost = outline.triggers.find((trigger) => !trigger.definition);
  if (!broken && !lost && outline.nodes.size > 0) return buildGraph(outline, scopeTypes(outline, regionsOf(outline), schemas));
  const why = problems.find((problem) => problem.path.startsWith(broken?.pointer ?? lost?.pointer ?? '/nodes'));
  throw new Error(`This version cannot run here. ${why ? `${why.path}: ${why.message}` : 'Its nodes are missing.'}`);
}
