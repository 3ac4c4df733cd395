import { z } from 'zod';
import type { JsonObject } from '../json.js';
import { languageSchema, nodeSchema } from './document.js';
import type { NodeTypeSpec } from './node-type.js';
import { plainObject } from './plain-json.js';
import { withPropertyTitles } from './property-titles.js';

/** JSON Schema 2020-12 of one node type, for editors and forms. Kinds of value stand in the extra keyword `kind`. */
export function nodeJsonSchema(spec: NodeTypeSpec): JsonObject {
  return toJsonSchema(nodeSchema(spec));
}

/** JSON Schema 2020-12 of a whole document with these node types. */
export function languageJsonSchema(specs: readonly NodeTypeSpec[]): JsonObject {
  return toJsonSchema(languageSchema(specs));
}

function toJsonSchema(schema: z.ZodType): JsonObject {
  return withPropertyTitles(plainObject(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })));
}
