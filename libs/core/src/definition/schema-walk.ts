import { z } from 'zod';
import type { Json } from '../json.js';
import { isDeferred, kindOf, type ValueKind } from './kinds.js';

/** One marked field of a document: where it stands, what it holds, and of which kind it is. */
export interface MarkedField {
  kind: ValueKind;
  value: Json;
  pointer: string;
  /** Rendered by the node itself, when it needs it. */
  deferred: boolean;
}

/** All fields of a value that its schema marks as text, value, cel or node. */
export function markedFields(schema: z.ZodType, value: Json, pointer: string): MarkedField[] {
  const found: MarkedField[] = [];
  visit(schema, value, { pointer, deferred: false }, (field) => found.push(field));
  return found;
}

/** Where a walk is, and whether what stands there is rendered later. */
interface Place {
  pointer: string;
  deferred: boolean;
}

function visit(schema: z.ZodType, value: Json, place: Place, report: (field: MarkedField) => void): void {
  const { inner, kind, deferred: own } = meant(schema, value);
  const deferred = place.deferred || own;
  if (kind) return void report({ kind, value, pointer: place.pointer, deferred });
  for (const child of childrenOf(inner, value))
    visit(child.schema, child.value, { pointer: `${place.pointer}/${escapePointer(child.key)}`, deferred }, report);
}

export interface Child {
  key: string;
  schema: z.ZodType;
  value: Json;
}

/**
 * The schema that a value is under: of a union the option that takes the value, with that option's mark. So a field that
 * is a number or an expression is an expression where it holds one.
 */
export function meant(schema: z.ZodType, value: Json): { inner: z.ZodType; kind: ValueKind | undefined; deferred: boolean } {
  const { inner, kind } = unwrap(schema);
  const deferred = isDeferred(inner);
  const option = !kind && inner instanceof z.ZodUnion ? optionFor(inner, value) : undefined;
  if (!option) return { inner, kind, deferred };
  const below = meant(option, value);
  return { ...below, deferred: deferred || below.deferred };
}

/** The parts of a value with their schemas. A union counts as the first of its options that takes the value. */
export function childrenOf(schema: z.ZodType, value: Json): Child[] {
  const { inner } = meant(schema, value);
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => {
      const schema = itemSchema(inner, index);
      return schema ? [{ key: String(index), schema, value: item }] : [];
    });
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const child = propertySchema(inner, key);
    return child ? [{ key, schema: child, value: item }] : [];
  });
}

/** Names that an object schema knows; undefined where any name is allowed. */
export function allowedKeys(schema: z.ZodType): string[] | undefined {
  const { inner } = unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : undefined;
}

/** The schema of the value at a path, as far as it can be followed; of a union the option that was meant. */
export function schemaAt(schema: z.ZodType, value: Json | undefined, path: readonly PropertyKey[]): z.ZodType | undefined {
  const whole = wholeSchemaAt(schema, value, path);
  const target = path.reduce<Json | undefined>(valueAt, value);
  return whole instanceof z.ZodUnion ? unwrap(optionFor(whole, target) ?? whole).inner : whole;
}

/** The same, but a union at the end of the path stays a union. */
export function wholeSchemaAt(schema: z.ZodType, value: Json | undefined, path: readonly PropertyKey[]): z.ZodType | undefined {
  const { inner } = unwrap(schema);
  const [key, ...rest] = path;
  if (key === undefined) return inner;
  const parent = inner instanceof z.ZodUnion ? unwrap(optionFor(inner, value) ?? inner).inner : inner;
  const below = itemSchema(parent, Number(key)) ?? propertySchema(parent, String(key));
  return below && wholeSchemaAt(below, valueAt(value, key), rest);
}

export function valueAt(value: Json | undefined, key: PropertyKey): Json | undefined {
  if (Array.isArray(value)) return value[Number(key)];
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, String(key))) return value[String(key)];
  return undefined;
}

/** Without the wrappers that change nothing about a value that is there; the first mark on the way counts. */
export function unwrap(schema: z.ZodType): { inner: z.ZodType; kind: ValueKind | undefined } {
  let inner = schema;
  for (;;) {
    const kind = kindOf(inner);
    if (kind) return { inner, kind };
    const next = wrapped(inner);
    if (!next) return { inner, kind: undefined };
    inner = next;
  }
}

function wrapped(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return asType(schema.unwrap());
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodReadonly) return asType(schema.unwrap());
  if (schema instanceof z.ZodLazy) return asType(schema.unwrap());
  if (schema instanceof z.ZodPipe) return asType(schema.in);
  return undefined;
}

function itemSchema(schema: z.ZodType, index: number): z.ZodType | undefined {
  if (schema instanceof z.ZodArray) return asType(schema.element);
  return schema instanceof z.ZodTuple ? asType(schema.def.items[index]) : undefined;
}

function propertySchema(schema: z.ZodType, key: string): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return Object.hasOwn(schema.shape, key) ? asType(schema.shape[key]) : undefined;
  if (schema instanceof z.ZodRecord) return asType(schema.valueType);
  if (schema instanceof z.ZodIntersection) {
    const [left, right] = [asType(schema.def.left), asType(schema.def.right)];
    return (left && propertySchema(left, key)) ?? (right && propertySchema(right, key));
  }
  return undefined;
}

/** The option that takes the value; among those that do not, the one with the same literals (`type`, `kind`), then the same JSON type. */
export function optionFor(union: z.ZodUnion, value: Json | undefined): z.ZodType | undefined {
  const options = union.options.flatMap((option) => asType(option) ?? []);
  return (
    options.find((option) => option.safeParse(value).success) ??
    options.find((option) => literalsFit(option, value)) ??
    options.find((option) => jsonTypeFits(option, value))
  );
}

function literalsFit(option: z.ZodType, value: Json | undefined): boolean {
  const { inner } = unwrap(option);
  if (!(inner instanceof z.ZodObject)) return false;
  const literals = Object.entries(inner.shape).filter(([, field]) => field instanceof z.ZodLiteral);
  return literals.length > 0 && literals.every(([key, field]) => asType(field)?.safeParse(valueAt(value, key)).success === true);
}

function jsonTypeFits(option: z.ZodType, value: Json | undefined): boolean {
  const { inner } = unwrap(option);
  if (Array.isArray(value)) return inner instanceof z.ZodArray;
  if (typeof value === 'object' && value !== null) return inner instanceof z.ZodObject || inner instanceof z.ZodRecord;
  return inner instanceof z.ZodString && typeof value === 'string';
}

/** zod types what is inside a schema by its core interface; every schema made with `z` is a ZodType. */
function asType(schema: unknown): z.ZodType | undefined {
  return schema instanceof z.ZodType ? schema : undefined;
}

export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function pointerOf(base: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((pointer, key) => `${pointer}/${escapePointer(String(key))}`, base);
}
