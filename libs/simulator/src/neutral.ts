import type { CompiledNode, DataSchema, Json, JsonObject, NodeShape } from '@workflows/core';
import { z } from 'zod';
import { isObject } from './json.js';

/**
 * The output of a mock with what it leaves out: required fields take the neutral value of their type, so that a test
 * names only what it is about.
 */
export function completed(node: CompiledNode, raw: JsonObject, port: string, output: JsonObject): JsonObject {
  const shape = shapeOf(node, raw);
  const schema = port === 'next' ? node.spec.output(shape) : node.spec.portOutputs?.(shape)[port];
  if (schema === undefined) return output;
  const { primary } = node;
  const own = node.output;
  const precise = own === undefined || port !== 'next' ? schema : withPrimary(schema, primary, own);
  const filled = fill(precise, output);
  return isObject(filled) ? filled : output;
}

/** A value with the required fields that it lacks. */
export function fill(schema: DataSchema, value: Json | undefined): Json {
  if (value === undefined) return schema.default ?? neutral(schema);
  if (!isObject(value) || schema.properties === undefined) return value;
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name));
  const present = Object.entries(value).map(([name, part]): [string, Json] => {
    const property = schema.properties?.[name];
    return [name, property === undefined ? part : fill(property, part)];
  });
  return Object.fromEntries([
    ...missing.map((name): [string, Json] => [name, fill(schema.properties?.[name] ?? {}, undefined)]),
    ...present,
  ]);
}

function neutral(schema: DataSchema): Json {
  if (schema.const !== undefined) return schema.const;
  const [first] = schema.enum ?? [];
  if (first !== undefined) return first;
  switch (schema.type) {
    case 'object':
      return fill(schema, {});
    case 'array':
      return [];
    case 'string':
      return '';
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'boolean':
      return false;
    case undefined:
      return null;
  }
}

function withPrimary(schema: DataSchema, primary: string | undefined, own: DataSchema): DataSchema {
  if (primary === undefined) return own;
  return { ...schema, properties: { ...schema.properties, [primary]: own } };
}

/** The node as its type's own rules look at it. The document was compiled, so its parts are known to fit. */
function shapeOf(node: CompiledNode, raw: JsonObject): NodeShape {
  const { spec } = node;
  const names = spec.fields instanceof z.ZodObject ? Object.keys(spec.fields.shape) : [];
  const fields = Object.fromEntries(names.filter((name) => Object.hasOwn(raw, name)).map((name) => [name, raw[name]]));
  return {
    config: spec.config.parse(raw['with'] ?? {}),
    fields: spec.fields === undefined ? {} : spec.fields.parse(fields),
    interruptible: node.interruptible,
  };
}
