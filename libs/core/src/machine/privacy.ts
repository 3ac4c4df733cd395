import { isObject } from '../expression/convert.js';
import type { Json, JsonObject } from '../json.js';
import { compensationId } from '../graph/compiled-graph.js';
import type { ExecutionEvent } from './event.js';

/** What of a run is shown to nobody. */
export interface Privacy {
  /** Nodes that are `sensitive`, and what undoes them. */
  nodes: ReadonlySet<string>;
  /** Variables that are `pii`, or that a sensitive node writes by `save`, `assign` or the `save` of a `catch`. */
  vars: ReadonlySet<string>;
  /** Sensitive nodes that end the run: what they give is the output of the run. */
  ends: ReadonlySet<string>;
}

/**
 * What the documents of a run say is private; several where the run was moved to other versions. A name that is private
 * in one of them is in all, and keeps that when a move calls the node otherwise.
 */
export function privacyOf(definitions: readonly JsonObject[], events: readonly ExecutionEvent[] = []): Privacy {
  const [nodes, vars, ends] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const definition of definitions) {
    const common = catchSaves(part(definition['defaults'])['catch']);
    for (const [name, schema] of Object.entries(part(definition['vars']))) if (part(schema)['pii'] === true) vars.add(name);
    for (const [id, given] of Object.entries(part(definition['nodes']))) {
      const node = part(given);
      if (node['sensitive'] !== true) continue;
      nodes.add(id).add(compensationId(id));
      if (node['type'] === 'end') ends.add(id);
      const written = [node['save'], ...Object.keys(part(node['assign'])), ...catchSaves(node['catch']), ...common];
      for (const path of written) if (typeof path === 'string') vars.add(path.slice('vars.'.length));
    }
  }
  for (const event of events) {
    if (event.type !== 'migrated') continue;
    for (const [old, now] of Object.entries(event.move.nodes)) if (nodes.has(old)) nodes.add(now).add(compensationId(now));
  }
  return { nodes, vars, ends };
}

/** False: all of the run may be shown. */
export function hidesAnything({ nodes, vars }: Privacy): boolean {
  return nodes.size + vars.size > 0;
}

const catchSaves = (rules: Json | undefined): Json[] =>
  Array.isArray(rules) ? rules.flatMap((rule) => part(rule)['save'] ?? []) : [];

const part = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
