import { allowedKeys, optionFor, pointerOf, schemaAt, valueAt, wholeSchemaAt } from '../definition/schema-walk.js';
import { kindOf } from '../definition/kinds.js';
import type { Json } from '../json.js';
import type { Problem } from './problem.js';
import { didYouMean, nameHint } from '../definition/suggest.js';
import { z } from 'zod';

/** What a schema says against a value, as problems with pointers below `base`. Names fields, never repeats values. */
export function shapeProblems(schema: z.ZodType, value: Json | undefined, base: string): Problem[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => issueProblems(issue, schema, value, base));
}

type Issue = z.core.$ZodIssue;

function issueProblems(issue: Issue, schema: z.ZodType, value: Json | undefined, base: string): Problem[] {
  const path = pointerOf(base, issue.path);
  const field = fieldName(issue.path) ?? fieldName(base.split('/')) ?? 'document';
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(key, path, schemaAt(schema, value, issue.path)));
    case 'invalid_key':
      return [invalid('shape.name', path, `'${field}' cannot be used as a name here.`, keyHint(issue))];
    case 'invalid_union':
      return unionProblems(issue, schema, value, base, path, field);
    case 'invalid_value':
      return [
        invalid(
          'shape.invalid',
          path,
          `'${field}' must be ${listed(issue.values)}.`,
          choiceHint(issue.values, at(value, issue.path)),
        ),
      ];
    case 'invalid_type':
      return [typeProblem(path, field, issue.expected, at(value, issue.path))];
    case 'too_small':
      return [invalid('shape.invalid', path, `'${field}' ${smallest(issue.origin, Number(issue.minimum))}.`)];
    case 'too_big':
      if (isExpression(schema, value, issue.path)) {
        const message = `An expression has at most ${Number(issue.maximum)} characters.`;
        return [invalid('expr.too_big', path, message, 'Split it with a set node.')];
      }
      return [invalid('shape.invalid', path, `'${field}' ${largest(issue.origin, Number(issue.maximum))}.`)];
    default:
      return [invalid('shape.invalid', path, `'${field}' is not valid: ${issue.message}.`)];
  }
}

/** The last name of a path; an item of a list goes by the list's name and its number. */
function fieldName(path: readonly PropertyKey[]): string | undefined {
  const last = path.at(-1);
  if (last === undefined || last === '') return undefined;
  return /^\d+$/.test(String(last)) ? `${String(path.at(-2) ?? 'item')}/${String(last)}` : String(last);
}

function unknownField(key: string, parent: string, schema: z.ZodType | undefined): Problem {
  const known = (schema && allowedKeys(schema)) ?? [];
  return invalid(
    'shape.invalid',
    pointerOf(parent, [key]),
    `The field '${key}' is not known here.`,
    nameHint(key, known, 'Fields that may stand here'),
  );
}

/** Of a union that refuses a value, only the option that was meant is worth reporting. */
function unionProblems(
  issue: Issue & { code: 'invalid_union' },
  schema: z.ZodType,
  value: Json | undefined,
  base: string,
  path: string,
  field: string,
): Problem[] {
  const place = at(value, issue.path);
  if ('discriminator' in issue && issue.discriminator !== undefined) {
    const known = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
    if (place === undefined)
      return [invalid('shape.invalid', path, `The field '${field}' is missing.`, nameHint('', known, 'One of'))];
    return [
      invalid(
        'shape.invalid',
        path,
        `'${field}' has a value that is not known.`,
        nameHint(typeof place === 'string' ? place : '', known, 'One of'),
      ),
    ];
  }
  const union = wholeSchemaAt(schema, value, issue.path);
  const option = union instanceof z.ZodUnion && place !== undefined ? optionFor(union, place) : undefined;
  if (option) return shapeProblems(option, place, path);
  if (place === undefined) return [invalid('shape.invalid', path, `The field '${field}' is missing.`)];
  const meanings = issue.errors.flatMap((errors) => errors.slice(0, 1).map((error) => error.message));
  return [
    invalid('shape.invalid', path, `'${field}' fits none of the allowed forms.`, meanings.slice(0, 4).join('; ') || undefined),
  ];
}

function typeProblem(path: string, field: string, expected: string, actual: Json | undefined): Problem {
  if (actual === undefined)
    return invalid('shape.invalid', path, `The field '${field}' is missing.`, `Add it: ${article(expected)}.`);
  return invalid('shape.invalid', path, `'${field}' must be ${article(expected)}, not ${article(jsonType(actual))}.`);
}

function isExpression(schema: z.ZodType, value: Json | undefined, path: readonly PropertyKey[]): boolean {
  return kindOf(schemaAt(schema, value, path) ?? schema) === 'cel';
}

function at(value: Json | undefined, path: readonly PropertyKey[]): Json | undefined {
  return path.reduce<Json | undefined>(valueAt, value);
}

function jsonType(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const NAMES: Record<string, string> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
};

const article = (type: string): string => NAMES[type] ?? type;

function smallest(origin: string, minimum: number): string {
  if (origin === 'string') return minimum === 1 ? 'must not be empty' : `must have at least ${minimum} characters`;
  if (origin === 'array') return `needs at least ${minimum} ${minimum === 1 ? 'item' : 'items'}`;
  return `must be at least ${minimum}`;
}

function largest(origin: string, maximum: number): string {
  if (origin === 'string') return `must have at most ${maximum} characters`;
  if (origin === 'array') return `may have at most ${maximum} items`;
  return `must be at most ${maximum}`;
}

function listed(values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return texts.length === 1 ? (texts[0] ?? '') : `one of ${texts.join(', ')}`;
}

function choiceHint(values: readonly unknown[], actual: Json | undefined): string | undefined {
  return typeof actual === 'string' ? didYouMean(actual, values.map(String)) : undefined;
}

function keyHint(issue: Issue & { code: 'invalid_key' }): string {
  return issue.issues[0]?.message ?? 'Names start with a small letter and have at most 64 letters, digits and _.';
}

function invalid(code: string, path: string, message: string, hint?: string): Problem {
  return { path, code, severity: 'error', message, ...(hint === undefined ? {} : { hint }) };
}
