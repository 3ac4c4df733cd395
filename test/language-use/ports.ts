import { dataSchemaOf, type Json, type JsonObject, type NodeTypeSpec } from '@workflows/core';
import { z } from 'zod';
import type { UsedDocument } from '../support/use-record.js';

/** The ports that the nodes of a document have, and those by which its runs have left them. */
export function portsOf(
  specs: readonly NodeTypeSpec[],
  { definition, steps }: UsedDocument,
): { wired: Set<string>; taken: Set<string> } {
  const nodes = asObject(definition['nodes']);
  const wired = new Set<string>();
  for (const node of Object.values(nodes).map(asObject)) {
    const spec = specs.find(({ type }) => type === node['type']);
    if (spec) for (const port of ownPorts(spec, node)) wired.add(named(spec.type, port));
  }
  const taken = steps.flatMap(({ node, port }) => (port === null ? [] : [named(String(asObject(nodes[node])['type']), port)]));
  return { wired, taken: new Set(taken) };
}

function ownPorts(spec: NodeTypeSpec, node: JsonObject): string[] {
  const output = dataSchemaOf(node['output']);
  const shape = {
    config: spec.config.parse(node['with'] ?? {}),
    fields: spec.fields instanceof z.ZodObject ? spec.fields.strip().parse(node) : {},
    interruptible: node['interruptible'] === true,
    ...(output === undefined ? {} : { output }),
  };
  return spec.ports(shape).map(({ name }) => name);
}

function named(type: string, port: string): string {
  return `ports.${type}.${port}`;
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
