import type { DataSchema } from '../definition/data-schema.js';
import { objectType, typeOfSchema, type ExpressionType } from '../expression/type.js';
import type { OutlineNode } from './outline.js';

const outputs = new WeakMap<OutlineNode, DataSchema>();

/** The output of a node on `next`, with the document's own schema for the primary result. Many phases ask for it. */
export function outputSchema(node: OutlineNode): DataSchema {
  let schema = outputs.get(node);
  if (!schema) outputs.set(node, (schema = outputOf(node)));
  return schema;
}

function outputOf(node: OutlineNode): DataSchema {
  if (!node.spec || !node.shape) return {};
  const schema = node.spec.output(node.shape);
  const own = node.definition?.output;
  if (!own) return schema;
  const primary = primaryOf(node);
  if (primary === undefined) return own;
  const required = own.type === undefined ? [] : [primary];
  return {
    ...schema,
    type: 'object',
    properties: { ...schema.properties, [primary]: own },
    required: [...new Set([...(schema.required ?? []), ...required])],
  };
}

/** The field of a node's output that is its primary result; undefined where it has none. */
export function primaryOf({ spec, shape }: OutlineNode): string | undefined {
  return spec?.primaryFor && shape ? spec.primaryFor(shape) : spec?.primary;
}

/** Outputs by port; a port that is not listed gives none. */
export function outputsByPort(node: OutlineNode): Record<string, DataSchema> {
  if (!node.spec || !node.shape) return {};
  return { ...(node.spec.portOutputs?.(node.shape) ?? {}), ...(node.spec.hasNext ? { next: outputSchema(node) } : {}) };
}

/** An output is an object with fields, if only none. */
export function outputType(schema: DataSchema): ExpressionType {
  return schema.type === 'object' && !schema.properties ? objectType({}) : typeOfSchema(schema);
}
