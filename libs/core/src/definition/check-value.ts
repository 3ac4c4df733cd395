import { DateTime } from 'luxon';
import type { Json, JsonObject } from '../json.js';
import type { DataSchema } from './data-schema.js';
import { re2 } from './re2.js';

/** Why a value does not fit a schema. The value itself is never repeated: it may be personal. */
export interface ValueProblem {
  /** JSON Pointer into the value. */
  path: string;
  message: string;
}

export type CheckedValue = { value: Json | undefined } | { problems: ValueProblem[] };

/**
 * Fits a value that enters the engine to its schema: unknown properties are dropped, null means absent, defaults fill
 * what is absent. `value` is undefined when the value is absent and has no default. All problems come at once.
 */
export function checkValue(schema: DataSchema, value: Json | undefined): CheckedValue {
  const problems: ValueProblem[] = [];
  const fitted = fit(schema, value, '', problems);
  return problems.length > 0 ? { problems } : { value: fitted };
}

function fit(schema: DataSchema, value: Json | undefined, path: string, problems: ValueProblem[]): Json | undefined {
  if (value === undefined || value === null) return schema.default;
  const problem = typeProblem(schema, value);
  if (problem) {
    problems.push({ path, message: problem });
    return undefined;
  }
  if (Array.isArray(value)) return fitList(schema, value, path, problems);
  if (typeof value === 'object') return fitObject(schema, value, path, problems);
  const limit =
    typeof value === 'string'
      ? stringProblem(schema, value)
      : typeof value === 'number'
        ? numberProblem(schema, value)
        : undefined;
  const wrong = limit ?? choiceProblem(schema, value);
  if (wrong) problems.push({ path, message: wrong });
  return value;
}

function fitList(schema: DataSchema, list: Json[], path: string, problems: ValueProblem[]): Json {
  if (schema.maxItems !== undefined && list.length > schema.maxItems) {
    problems.push({ path, message: `has ${list.length} items, at most ${schema.maxItems} are allowed` });
    return list;
  }
  if (schema.minItems !== undefined && list.length < schema.minItems) {
    problems.push({ path, message: `has ${list.length} items, at least ${schema.minItems} are needed` });
  }
  const wrong = choiceProblem(schema, list);
  if (wrong) problems.push({ path, message: wrong });
  const items = schema.items;
  if (!items) return list;
  return list.map((item, index) => {
    const fitted = fit(items, item, `${path}/${index}`, problems);
    if (fitted === undefined && item === null) problems.push({ path: `${path}/${index}`, message: 'is null' });
    return fitted ?? null;
  });
}

function fitObject(schema: DataSchema, object: JsonObject, path: string, problems: ValueProblem[]): Json {
  const wrong = choiceProblem(schema, object);
  if (wrong) problems.push({ path, message: wrong });
  if (!schema.properties) return object;
  const fitted: JsonObject = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    const place = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const before = problems.length;
    const value = fit(property, Object.hasOwn(object, name) ? object[name] : undefined, place, problems);
    if (value !== undefined) fitted[name] = value;
    else if (schema.required?.includes(name) && problems.length === before)
      problems.push({ path: place, message: 'is required' });
  }
  return fitted;
}

function typeProblem(schema: DataSchema, value: Json): string | undefined {
  if (schema.type === undefined) return undefined;
  const actual = Array.isArray(value) ? 'array' : typeof value;
  if (schema.type === 'integer') return Number.isSafeInteger(value) ? undefined : 'must be a whole number';
  if (schema.type === 'number') return Number.isFinite(value) ? undefined : 'must be a number';
  return actual === schema.type ? undefined : `must be of type ${schema.type}, not ${actual}`;
}

function choiceProblem(schema: DataSchema, value: Json): string | undefined {
  const same = (choice: Json): boolean => choice === value || JSON.stringify(choice) === JSON.stringify(value);
  if (schema.enum && !schema.enum.some(same))
    return `must be one of ${schema.enum.map((choice) => JSON.stringify(choice)).join(', ')}`;
  if (schema.const !== undefined && !same(schema.const)) return `must be ${JSON.stringify(schema.const)}`;
  return undefined;
}

function stringProblem(schema: DataSchema, text: string): string | undefined {
  if (schema.minLength !== undefined || schema.maxLength !== undefined) {
    const length = codePoints(text);
    if (schema.minLength !== undefined && length < schema.minLength) return `must have at least ${schema.minLength} characters`;
    if (schema.maxLength !== undefined && length > schema.maxLength) return `must have at most ${schema.maxLength} characters`;
  }
  if (schema.format && !FORMATS[schema.format](text)) return `must be ${FORMAT_NAMES[schema.format]}`;
  if (schema.pattern !== undefined && !re2(schema.pattern).matcher(text).find())
    return `must match the pattern ${schema.pattern}`;
  return undefined;
}

function numberProblem(schema: DataSchema, value: number): string | undefined {
  if (schema.minimum !== undefined && value < schema.minimum) return `must be at least ${schema.minimum}`;
  if (schema.maximum !== undefined && value > schema.maximum) return `must be at most ${schema.maximum}`;
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum)
    return `must be more than ${schema.exclusiveMinimum}`;
  if (schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum)
    return `must be less than ${schema.exclusiveMaximum}`;
  if (schema.multipleOf !== undefined) {
    // 0.3 / 0.1 is not 3 in binary floating point, so the quotient may miss a whole number by a rounding error.
    const quotient = value / schema.multipleOf;
    if (Math.abs(quotient - Math.round(quotient)) > 1e-9) return `must be a multiple of ${schema.multipleOf}`;
  }
  return undefined;
}

/** JSON Schema counts characters, not UTF-16 units. */
function codePoints(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}

type Format = NonNullable<DataSchema['format']>;

const FORMATS: Record<Format, (text: string) => boolean> = {
  email: (text) => text.length <= 254 && /^[^\s@"<>(),;:\\[\]]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text),
  phone: (text) => /^\+[1-9]\d{5,14}$/.test(text),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid,
  'date-time': (text) =>
    /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(text) &&
    DateTime.fromISO(text.toUpperCase()).isValid,
  uri: (text) => /^[a-z][a-z0-9+.-]*:[^\s]+$/i.test(text) && URL.canParse(text),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
};

const FORMAT_NAMES: Record<Format, string> = {
  email: 'an e-mail address',
  phone: 'a phone number in E.164 form, such as +4915112345678',
  date: 'a date of the form YYYY-MM-DD',
  'date-time': 'a time of the form 2026-03-02T14:00:00Z, with an offset',
  uri: 'an absolute URI',
  uuid: 'a UUID',
};
