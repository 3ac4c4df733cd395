import {
  dataSchemaShape,
  type Json,
  type JsonObject,
  kindOf,
  languageSchema,
  nodeSchema,
  type NodeTypeSpec,
  ROW_OPERATORS,
} from '@workflows/core';
import { z } from 'zod';

/** Fields that mean the same wherever they stand: what is in them counts once, under their own name. */
const SHARED = new Set([
  'session',
  'contact',
  'retry',
  'catch',
  'compensate',
  'media',
  'location',
  'options',
  'link',
  'reaction',
]);

/** The field that tells the options of a union apart. */
const DISCRIMINATORS = ['type', 'kind', 'mode'];

/** Conditions over rows are values, so their comparisons are in no schema. */
const COMPARED = ['nodes.data.read.with.where', 'triggers.schedule.audience.where'];

/** Tests of a document are data of their own, which the simulator runs and the engine never reads. */
const NO_FURTHER = 'tests';

/** Every path of the language: its fields, the values of its enums, the options of its unions. */
export function languagePaths(specs: readonly NodeTypeSpec[]): Set<string> {
  const walk = new Walk();
  walk.part(languageSchema(specs).omit({ nodes: true }), '');
  for (const spec of specs) walk.node(spec);
  walk.part(dataSchemaShape, 'schema');
  for (const path of COMPARED) for (const operator of ROW_OPERATORS) walk.paths.add(`${path}.*.${operator}`);
  return walk.paths;
}

/** The paths of a document that its runs have come by: of its nodes those that were visited, of its triggers those that fired. */
export function usedPaths(
  specs: readonly NodeTypeSpec[],
  definition: JsonObject,
  visited: ReadonlySet<string>,
  fired: ReadonlySet<string>,
): Set<string> {
  const walk = new Walk();
  const { triggers, nodes, ...envelope } = definition;
  const those = Array.isArray(triggers) ? triggers.filter((each) => fired.has(String(fieldOf(each, 'id')))) : [];
  walk.part(languageSchema(specs).omit({ nodes: true }), '', { ...envelope, triggers: those });
  for (const [id, node] of Object.entries(objectOf(nodes))) {
    const spec = specs.find(({ type }) => type === fieldOf(node, 'type'));
    if (spec && visited.has(id)) walk.node(spec, node);
  }
  return walk.paths;
}

/** Collects paths of a schema: all of them, or those that a value has. */
class Walk {
  readonly paths = new Set<string>();

  /** The fields that every node may have stand under `nodes.*`. */
  node(spec: NodeTypeSpec, value?: Json): void {
    const path = `nodes.${spec.type}`;
    this.paths.add(path);
    const own = spec.fields instanceof z.ZodObject ? Object.keys(spec.fields.shape) : [];
    for (const [key, field] of Object.entries(nodeSchema(spec).shape)) {
      if (value !== undefined && fieldOf(value, key) === undefined) continue;
      this.field(field, key === 'with' || own.includes(key) ? path : 'nodes.*', key, fieldOf(value, key));
    }
  }

  /** Without a value: all of the schema. */
  part(schema: unknown, path: string, value?: Json): void {
    const inner = innermost(schema);
    if (COMPARED.includes(path)) return this.compared(path, value);
    if (kindOf(inner) !== undefined) return;
    if (isAnyJson(inner)) return;
    if (path !== 'schema' && isDataSchema(inner)) {
      if (value !== undefined) this.part(inner, 'schema', value);
    } else if (inner instanceof z.ZodObject) {
      for (const [key, field] of Object.entries(inner.shape)) {
        if (value === undefined || fieldOf(value, key) !== undefined) this.field(field, path, key, fieldOf(value, key));
      }
    } else if (inner instanceof z.ZodRecord) {
      if (value === undefined) this.part(inner.valueType, path);
      else for (const each of Object.values(objectOf(value))) this.part(inner.valueType, path, each);
    } else if (inner instanceof z.ZodArray) {
      if (value === undefined) this.part(inner.element, path);
      else for (const each of Array.isArray(value) ? value : []) this.part(inner.element, path, each);
    } else if (inner instanceof z.ZodUnion) {
      this.union(inner, path, value);
    } else if (inner instanceof z.ZodEnum) {
      for (const option of inner.options) if (value === undefined || value === option) this.paths.add(`${path}=${option}`);
    }
  }

  private field(schema: unknown, path: string, key: string, value?: Json): void {
    // The path says it already: nodes.emit, triggers.webhook.auth.hmac.
    if (DISCRIMINATORS.includes(key) && innermost(schema) instanceof z.ZodLiteral) return;
    const own = path === '' ? key : `${path}.${key}`;
    this.paths.add(own);
    if (own === NO_FURTHER) return;
    // Nested schemas are schemas again; without a value that has no end.
    if (path === 'schema' && value === undefined && !(innermost(schema) instanceof z.ZodEnum)) return;
    this.part(schema, SHARED.has(key) && holdsObjects(schema) ? key : own, value);
  }

  private union(union: z.ZodUnion, path: string, value?: Json): void {
    const options =
      value === undefined ? union.options : union.options.filter((each) => innermost(each).safeParse(value).success).slice(0, 1);
    for (const option of options) {
      const inner = innermost(option);
      const name = optionName(inner);
      if (name !== undefined) this.paths.add(`${path}.${name}`);
      this.part(inner, name === undefined ? path : `${path}.${name}`, value);
    }
  }

  private compared(path: string, value: Json | undefined): void {
    for (const condition of Object.values(objectOf(value)))
      for (const operator of Object.keys(objectOf(condition))) this.paths.add(`${path}.*.${operator}`);
  }
}

/** What tells an option from the others: the value of its discriminator, or what it is. */
function optionName(option: z.ZodType): string | undefined {
  if (option instanceof z.ZodObject) {
    for (const key of DISCRIMINATORS) {
      const literal: unknown = option.shape[key];
      if (literal instanceof z.ZodLiteral) return String(literal.value);
    }
    const [first] = Object.keys(option.shape);
    return first === undefined ? undefined : `{${first}}`;
  }
  if (option instanceof z.ZodLiteral) return `"${String(option.value)}"`;
  if (option instanceof z.ZodArray) return '[list]';
  if (option instanceof z.ZodNumber) return '[number]';
  if (option instanceof z.ZodString) return '[expression]';
  return undefined;
}

function isDataSchema(schema: z.ZodType): boolean {
  return schema instanceof z.ZodObject && 'exclusiveMinimum' in schema.shape;
}

/** `z.json()`: what is in it is the author's, not the language's. */
function isAnyJson(schema: z.ZodType): boolean {
  return schema instanceof z.ZodUnion && schema.options.some((option) => option instanceof z.ZodNull);
}

function holdsObjects(schema: unknown): boolean {
  const inner = innermost(schema);
  if (inner instanceof z.ZodArray) return holdsObjects(inner.element);
  if (inner instanceof z.ZodUnion && !isAnyJson(inner)) return inner.options.some(holdsObjects);
  return inner instanceof z.ZodObject;
}

/** Without the wrappers that change nothing about a value that is there. */
function innermost(schema: unknown): z.ZodType {
  let inner = schema;
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodNullable ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodReadonly ||
    inner instanceof z.ZodLazy
  ) {
    if (kindOf(inner) !== undefined) break;
    inner = inner.unwrap();
  }
  if (inner instanceof z.ZodType) return inner;
  throw new TypeError('What is in a schema of zod is a schema of zod.');
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function fieldOf(value: Json | undefined, key: string): Json | undefined {
  const object = objectOf(value);
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
