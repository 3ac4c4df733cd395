import { z } from 'zod';
import type { DataSchema } from './data-schema.js';
import { isRe2 } from './re2.js';

/** Schemas nest at most this deep: expressions reach 16 levels, and every check walks a schema recursively. */
const MAX_DEPTH = 16;

const count = () => z.int().min(0);

/** The zod schema of the JSON Schema subset (language, section 1.2). */
export const dataSchemaShape: z.ZodType<DataSchema> = z.lazy(() =>
  z
    .strictObject({
      type: z
        .enum(['object', 'array', 'string', 'number', 'integer', 'boolean'])
        .optional()
        .describe('Exactly one type; absent: untyped'),
      properties: z.record(z.string(), dataSchemaShape).optional().describe('Of an object: its fields by name'),
      required: z.array(z.string()).optional().describe('Fields that are always there'),
      items: dataSchemaShape.optional().describe('Of an array: what each item is'),
      enum: z.array(z.json()).min(1).optional().describe('The only values'),
      const: z.json().optional().describe('The only value'),
      default: z.json().optional().describe('What an absent value becomes'),
      title: z.string().optional().describe('Label for people'),
      description: z.string().optional().describe('What it means; models read it too'),
      minLength: count().optional().describe('Fewest characters'),
      maxLength: count().optional().describe('Most characters'),
      minimum: z.number().optional().describe('Smallest number'),
      maximum: z.number().optional().describe('Largest number'),
      exclusiveMinimum: z.number().optional().describe('The number is larger than this'),
      exclusiveMaximum: z.number().optional().describe('The number is smaller than this'),
      multipleOf: z.number().positive().optional().describe('The number is a multiple of this'),
      minItems: count().optional().describe('Fewest items'),
      maxItems: count().optional().describe('Most items'),
      format: z.enum(['email', 'phone', 'date', 'date-time', 'uri', 'uuid']).optional().describe('What a string holds'),
      pattern: z
        .string()
        .max(500)
        .refine(isRe2, 'A pattern in RE2 syntax (no lookahead, no back references)')
        .optional()
        .describe('RE2 expression that a string matches'),
      pii: z.boolean().optional().describe('Personal data, hidden in logs'),
    })
    .superRefine(checkCoherence),
);

/** Reads a schema out of a document that has been checked before; undefined where the document has none. */
export function dataSchemaOf(value: unknown): DataSchema | undefined {
  return value === undefined ? undefined : dataSchemaShape.parse(value);
}

/** Contradictions inside one schema, which would make it accept nothing or mean nothing. */
function checkCoherence(schema: DataSchema, context: z.RefinementCtx): void {
  const properties = schema.properties ?? {};
  for (const [index, name] of (schema.required ?? []).entries()) {
    if (Object.hasOwn(properties, name)) continue;
    context.addIssue({
      code: 'custom',
      path: ['required', index],
      message: `'${name}' is required but not one of the properties`,
    });
  }
  if (schema.properties && schema.type !== 'object') {
    context.addIssue({ code: 'custom', path: ['properties'], message: 'properties need "type": "object"' });
  }
  if (schema.items && schema.type !== 'array') {
    context.addIssue({ code: 'custom', path: ['items'], message: 'items need "type": "array"' });
  }
  if (schemaDepth(schema) > MAX_DEPTH) {
    context.addIssue({ code: 'custom', path: [], message: `A schema nests at most ${MAX_DEPTH} levels deep` });
  }
}

function schemaDepth(schema: DataSchema): number {
  const below = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
  return below.reduce((deepest, child) => Math.max(deepest, 1 + schemaDepth(child)), 1);
}
