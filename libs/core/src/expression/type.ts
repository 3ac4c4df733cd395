import type { DataSchema } from '../definition/data-schema.js';
import type { Json } from '../json.js';

/** What expressions know of a value. Comes from data schemas; each schema has exactly one type. */
export type ExpressionType =
  /** `untyped`: somebody could have given a schema and did not, so reading into it deserves a warning. */
  | { kind: 'dyn'; untyped: boolean }
  | { kind: 'string' | 'int' | 'double' | 'bool' | 'timestamp'; choices?: Json[] }
  | { kind: 'list'; item: ExpressionType }
  | { kind: 'object'; fields: Record<string, Field> }
  | { kind: 'optional'; of: ExpressionType };

export interface Field {
  type: ExpressionType;
  /** True: it may be absent, so a plain read is refused. */
  optional: boolean;
}

export const DYN: ExpressionType = { kind: 'dyn', untyped: false };
export const UNTYPED: ExpressionType = { kind: 'dyn', untyped: true };
export const BOOL: ExpressionType = { kind: 'bool' };
export const STRING: ExpressionType = { kind: 'string' };
export const INT: ExpressionType = { kind: 'int' };
export const TIMESTAMP: ExpressionType = { kind: 'timestamp' };

export function objectType(
  required: Record<string, ExpressionType>,
  optional: Record<string, ExpressionType> = {},
): ExpressionType {
  const fields: Record<string, Field> = {};
  for (const [name, type] of Object.entries(required)) fields[name] = { type, optional: false };
  for (const [name, type] of Object.entries(optional)) fields[name] = { type, optional: true };
  return { kind: 'object', fields };
}

const known = new WeakMap<DataSchema, ExpressionType>();

/** object -> type with fields, array -> list, integer -> int, number -> double, date-time stays a string; none -> dyn. */
export function typeOfSchema(schema: DataSchema): ExpressionType {
  let type = known.get(schema);
  if (!type) {
    type = convert(schema);
    known.set(schema, type);
  }
  return type;
}

function convert(schema: DataSchema): ExpressionType {
  const choices = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  switch (schema.type) {
    case undefined:
      return UNTYPED;
    case 'array':
      return { kind: 'list', item: schema.items ? typeOfSchema(schema.items) : UNTYPED };
    case 'object': {
      if (!schema.properties) return UNTYPED;
      const fields: Record<string, Field> = {};
      for (const [name, property] of Object.entries(schema.properties)) {
        const required = schema.required?.includes(name) || property.default !== undefined;
        fields[name] = { type: typeOfSchema(property), optional: !required };
      }
      return { kind: 'object', fields };
    }
    case 'string':
      return choices ? { kind: 'string', choices } : STRING;
    case 'integer':
      return choices ? { kind: 'int', choices } : INT;
    case 'number':
      return choices ? { kind: 'double', choices } : { kind: 'double' };
    case 'boolean':
      return BOOL;
  }
}

/** One type for a value that may have either: fields of both, optional where one lacks them; different kinds are dyn. */
export function mergeTypes(a: ExpressionType, b: ExpressionType): ExpressionType {
  if (a === b) return a;
  if (a.kind === 'object' && b.kind === 'object') {
    const fields: Record<string, Field> = {};
    for (const name of new Set([...Object.keys(a.fields), ...Object.keys(b.fields)])) {
      const left = a.fields[name];
      const right = b.fields[name];
      const only = left ?? right;
      if (left && right) fields[name] = { type: mergeTypes(left.type, right.type), optional: left.optional || right.optional };
      else if (only) fields[name] = { type: only.type, optional: true };
    }
    return { kind: 'object', fields };
  }
  if (a.kind === 'list' && b.kind === 'list') return { kind: 'list', item: mergeTypes(a.item, b.item) };
  if (a.kind === 'optional' && b.kind === 'optional') return { kind: 'optional', of: mergeTypes(a.of, b.of) };
  if (a.kind === 'dyn' || b.kind === 'dyn' || a.kind !== b.kind) return a.kind === 'dyn' ? a : b.kind === 'dyn' ? b : DYN;
  if (a.kind === 'list' || a.kind === 'object' || a.kind === 'optional') return a;
  const [left, right] = [a, 'choices' in b ? b.choices : undefined];
  return left.choices && right ? { kind: a.kind, choices: [...new Set([...left.choices, ...right])] } : { kind: a.kind };
}

/** How a person would call the type. */
export function typeName(type: ExpressionType): string {
  switch (type.kind) {
    case 'list':
      return `list of ${typeName(type.item)}`;
    case 'optional':
      return `optional ${typeName(type.of)}`;
    case 'dyn':
      return 'untyped value';
    default:
      return type.kind;
  }
}
