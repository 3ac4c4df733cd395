import { z } from 'zod';

const KINDS = ['text', 'value', 'cel', 'node'] as const;

/**
 * Kinds of value in a document (language, section 1.1). A node's config marks its fields with these, and the compiler
 * finds by the mark what has to be parsed, checked and rendered.
 *
 * - `text`: a string with `{{ cel }}` parts; renders to a string.
 * - `value`: JSON whose strings may hold `{{ }}`; a string that is exactly one `{{ }}` keeps its expression's type.
 * - `cel`: a bare expression; evaluated by the node itself, when it needs it.
 * - `node`: the id of a node.
 */
export type ValueKind = (typeof KINDS)[number];

const KIND = 'kind';
const DEFERRED = 'deferred';

export const text = (): z.ZodString => z.string().meta({ [KIND]: 'text' satisfies ValueKind });

export const value = () => z.json().meta({ [KIND]: 'value' satisfies ValueKind });

/** A `value` that the node renders itself, for each item: its texts with `{{ }}` go to `context.evaluate`. */
export const eachValue = () => z.json().meta({ [KIND]: 'value' satisfies ValueKind, [DEFERRED]: true });

export const cel = (): z.ZodString =>
  z
    .string()
    .min(1)
    .max(2000)
    .meta({ [KIND]: 'cel' satisfies ValueKind });

export const nodeId = (): z.ZodString =>
  z
    .string()
    .regex(/^[a-z][a-zA-Z0-9_]{0,63}$/)
    .meta({ [KIND]: 'node' satisfies ValueKind });

/** ISO 8601 duration of weeks down to seconds: `PT30M`, `P2D`. No months or years, because they have no fixed length. */
export const duration = (): z.ZodString =>
  z
    .string()
    .regex(
      /^P(?=.)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/,
      'An ISO 8601 duration of weeks to seconds, such as PT30M or P2D',
    );

/** The marks of schemas that were asked for. A schema never changes, and the compiler asks for its marks for every field. */
const marks = new WeakMap<z.ZodType, { kind: ValueKind | undefined; deferred: boolean }>();

function marksOf(schema: z.ZodType): { kind: ValueKind | undefined; deferred: boolean } {
  let found = marks.get(schema);
  if (!found) {
    const meta = schema.meta();
    found = { kind: KINDS.find((kind) => kind === meta?.[KIND]), deferred: meta?.[DEFERRED] === true };
    marks.set(schema, found);
  }
  return found;
}

/** The mark of a schema, or undefined for a literal. Marks survive `.optional()` and further checks only when set last. */
export function kindOf(schema: z.ZodType): ValueKind | undefined {
  return marksOf(schema).kind;
}

/**
 * A part of a config that the node renders itself, whole, when it needs it: its texts and values go to
 * `context.evaluate` one by one, with the names that only the node knows, such as `args` of a tool.
 */
export function deferred<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ ...schema.meta(), [DEFERRED]: true });
}

/** True for a value, or a whole part, that is not rendered with the rest of the node's inputs. */
export function isDeferred(schema: z.ZodType): boolean {
  return marksOf(schema).deferred;
}
