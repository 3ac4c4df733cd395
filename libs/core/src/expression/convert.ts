import { Optional } from '@marcbachmann/cel-js';
import { terminal } from '../failure.js';
import type { Json, JsonObject } from '../json.js';
import type { ExpressionType } from './type.js';

/** Limits at run time (language, section 7). */
export const MAX_LIST_ITEMS = 1000;
export const MAX_STRING_BYTES = 64 * 1024;
export const MAX_RESULT_BYTES = 256 * 1024;

/** Brings a JSON value into the expression language: integers become BigInt by their type, null properties vanish. */
export function toCel(type: ExpressionType, value: Json): unknown {
  switch (type.kind) {
    case 'int':
      return Number.isSafeInteger(value) ? BigInt(Number(value)) : guard(value);
    case 'timestamp':
      return typeof value === 'string' ? new Date(value) : guard(value);
    case 'list':
      return Array.isArray(value) ? boundedList(value).map((item) => toCel(type.item, item)) : guard(value);
    case 'object':
      return isObject(value) ? fieldsToCel(type.fields, value) : guard(value);
    case 'optional':
      return toCel(type.of, value);
    default:
      return guard(value);
  }
}

function fieldsToCel(fields: Record<string, { type: ExpressionType }>, value: JsonObject): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const item = Object.hasOwn(value, name) ? value[name] : undefined;
    if (item !== undefined && item !== null) result[name] = toCel(field.type, item);
  }
  return result;
}

/** A value as it is, once it is known to keep within the limits. */
function guard(value: Json): Json {
  if (typeof value === 'string') {
    // A character has at most three bytes per UTF-16 unit, so short strings need no count.
    if (value.length * 3 > MAX_STRING_BYTES && Buffer.byteLength(value) > MAX_STRING_BYTES) {
      throw terminal('expr.failed', `A text of more than ${MAX_STRING_BYTES} bytes cannot enter an expression. Cut it before.`);
    }
  } else if (Array.isArray(value)) boundedList(value).forEach(guard);
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(guard);
  return value;
}

function boundedList(list: Json[]): Json[] {
  if (list.length <= MAX_LIST_ITEMS) return list;
  throw terminal(
    'expr.failed',
    `A list of ${list.length} items cannot enter an expression; at most ${MAX_LIST_ITEMS} can. Cut it before.`,
  );
}

/** Brings a result back to JSON. Absent optionals become null, times ISO strings, durations ISO durations. */
export function fromCel(result: unknown): Json {
  const budget = { left: MAX_RESULT_BYTES };
  return toJson(result, budget);
}

function toJson(result: unknown, budget: { left: number }): Json {
  spend(budget, typeof result === 'string' ? result : undefined);
  switch (typeof result) {
    case 'string':
    case 'boolean':
      return result;
    case 'bigint': {
      const number = Number(result);
      if (Number.isSafeInteger(number)) return number;
      throw terminal('expr.failed', 'A whole number is beyond 2^53, where it would lose digits. Use string() to keep it.');
    }
    case 'number':
      if (Number.isFinite(result)) return result;
      throw terminal('expr.failed', 'A result is not a finite number. Check for a division by zero.');
    case 'object':
      return objectToJson(result, budget);
    default:
      throw terminal('expr.failed', 'A result has no JSON form.');
  }
}

function objectToJson(result: object | null, budget: { left: number }): Json {
  if (result === null) return null;
  if (Array.isArray(result)) return result.map((item) => toJson(item, budget));
  if (result instanceof Date) return isoTime(result);
  if (result instanceof Optional) return result.hasValue() ? toJson(result.value(), budget) : null;
  if (isDuration(result)) return isoDuration(result);
  if (result instanceof Uint8Array) throw terminal('expr.failed', 'Bytes have no JSON form. Use base64() or hex().');
  const entries = result instanceof Map ? [...result.entries()] : Object.entries(result);
  const object: JsonObject = {};
  for (const [key, item] of entries) {
    const name = String(key);
    if (name === '__proto__') continue;
    spend(budget, name);
    if (item instanceof Optional && !item.hasValue()) continue;
    object[name] = toJson(item, budget);
  }
  return object;
}

/** The text of a value between other text: strings, numbers, booleans and times. */
export function textOf(result: unknown): string {
  switch (typeof result) {
    case 'string':
      return result;
    case 'bigint':
    case 'boolean':
      return String(result);
    case 'number':
      if (Number.isFinite(result)) return String(result);
      break;
    case 'object':
      if (result instanceof Date) return isoTime(result);
      break;
    default:
  }
  throw terminal(
    'expr.failed',
    'Only strings, numbers, booleans and times can stand in a text. Use join(), toJson() or orValue().',
  );
}

function isoTime(time: Date): string {
  if (Number.isNaN(time.getTime())) throw terminal('expr.failed', 'A time is not valid. Times are ISO 8601 with an offset.');
  return time.toISOString();
}

interface CelDuration {
  seconds: bigint;
  nanos: number;
}

function isDuration(value: object): value is CelDuration {
  return 'seconds' in value && 'nanos' in value && typeof value.seconds === 'bigint' && value.constructor !== Object;
}

function isoDuration({ seconds, nanos }: CelDuration): string {
  const total = Number(seconds) + nanos / 1e9;
  if (total < 0) throw terminal('expr.failed', 'A duration is negative. Swap the times that are subtracted.');
  return `PT${total}S`;
}

function spend(budget: { left: number }, text: string | undefined): void {
  budget.left -= text === undefined ? 8 : Buffer.byteLength(text);
  if (budget.left < 0)
    throw terminal('expr.failed', `The result of an expression is larger than ${MAX_RESULT_BYTES} bytes. Take less into it.`);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
