import { ParseError } from '@marcbachmann/cel-js';
import type { NodeTypeSpec } from '../definition/node-type.js';
import { isObject } from '../expression/convert.js';
import { compileProgram, evaluate } from '../expression/program.js';
import { terminal } from '../failure.js';
import type { CompiledGraph, Scope } from '../graph/compiled-graph.js';
import { loadGraph } from '../graph/load.js';
import { regionsOf } from '../graph/regions.js';
import { scopeTypes } from '../graph/scope-types.js';
import { checkShape } from '../graph/shape.js';
import type { FrozenSchemas } from '../graph/tenant-context.js';
import type { Json, JsonObject } from '../json.js';
import { type Needs, needsOf } from './needs.js';

/** Where a node stands: in which branch of which fork, or outside of all (null). */
export type Place = { fork: string; branch: string } | null;

/** A published version with what is to be known of it when runs move to it or away from it. */
export interface MovableVersion {
  graph: CompiledGraph;
  needs: Needs;
  place(node: string): Place;
  /** What an ask expects (`text`, `email`, ...); undefined for any other node. */
  expects(node: string): Json | undefined;
  /** Evaluates an expression against a run of this version. Throws WorkflowError `expr.failed`. */
  evaluate(source: string, scope: Scope): Json;
}

/** `definition` has its version in it; `schemas`: those that its expressions were typed by. Throws like `loadGraph` when it cannot run here. */
export function movableVersion(
  definition: JsonObject,
  { nodeTypes, schemas = {} }: { nodeTypes: readonly NodeTypeSpec[]; schemas?: FrozenSchemas },
): MovableVersion {
  const graph = loadGraph(definition, { nodeTypes, schemas });
  const { outline } = checkShape(structuredClone(definition), nodeTypes, schemas.tables);
  const regions = regionsOf(outline);
  const types = scopeTypes(outline, regions, schemas);
  return {
    graph,
    needs: needsOf(outline, regions, types),
    place(node) {
      const region = regions.around(node);
      const branch = region?.branches.find(({ members }) => members.has(node));
      return region === undefined || branch === undefined ? null : { fork: region.node.id, branch: branch.name };
    },
    expects(node) {
      const config = outline.nodes.get(node)?.raw['with'];
      const expect = isObject(config) ? config['expect'] : undefined;
      return isObject(expect) ? expect['kind'] : undefined;
    },
    evaluate(source, scope) {
      try {
        return evaluate(compileProgram(source, types), scope);
      } catch (error) {
        if (error instanceof ParseError) throw terminal('expr.failed', `\`${source}\` is no expression: ${error.message}`);
        throw error;
      }
    },
  };
}
