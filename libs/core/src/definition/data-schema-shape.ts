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
      properties: z.record(z.string(), dataSchemaShape).optional(),
      required: z.array(z.string()).optional(),
      items: dataSchemaShape.optional(),
      enum: z.array(z.json()).min(1).optional(),
      const: z.json().optional(),
      default: z.json().optional(),
      title: z.string().optional(),
      description: z.string().optional(),
      minLength: count().optional(),
      maxLength: count().optional(),
      minimum: z.number().optional(),
      maximum: z.number().optional(),
      exclusiveMinimum: z.number().optional(),
      exclusiveMaximum: z.number().optional(),
      multipleOf: z.number().positive().optional(),
      minItems: count().optional(),
      maxItems: count().optional(),
      format: z.enum(['email', 'phone', 'date', 'date-time', 'uri', 'uuid']).optional(),
      pattern: z.string().max(500).refine(isRe2, 'A pattern in RE2 syntax (no lookahead, no back references)').optional(),
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
