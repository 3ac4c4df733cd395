import type { Json, JsonObject } from '@workflows/core';

/*
 * Readers of Meta's wire. They take what is there and never throw: a field of another type counts as absent, because
 * Meta adds, renames and drops fields without notice, and one odd entry must not refuse the other 999 of a batch.
 */

/** Deeper than anything Meta sends; recursion stays far from the end of the stack. */
const DEEPEST = 64;

/**
 * The body as JSON that every later step can carry. NUL and lone surrogates are legal in JSON but not in a Postgres
 * `jsonb`, where a single one would make the whole batch fail.
 */
export function cleanJson(value: unknown, depth = 0): Json {
  if (depth > DEEPEST) return null;
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => cleanJson(item, depth + 1));
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), cleanJson(item, depth + 1)]));
}

function cleanText(text: string): string {
  return text.replaceAll('\u0000', '').replace(/\p{Surrogate}/gu, '\uFFFD');
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at `key`; an empty one when there is none. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = own(object, key);
  return isObject(value) ? value : {};
}

/** The objects of the list at `key`; whatever else stands in the list is left out. */
export function objectsAt(object: JsonObject, key: string): JsonObject[] {
  const value = own(object, key);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The text at `key`, or undefined when it is absent, empty or no string. */
export function textAt(object: JsonObject, key: string): string | undefined {
  const value = own(object, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** An id at the first of `keys` that has one. Ids are strings on the wire, now and then numbers. */
export function idAt(object: JsonObject, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const value = own(object, key);
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}

/** A number at `key`, also when it came as text. */
export function numberAt(object: JsonObject, key: string): number | undefined {
  const value = own(object, key);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Unix time at `key`, as text or number, in ISO 8601; undefined when there is none or it names no date. */
export function instantAt(object: JsonObject, key: string, unit: 'seconds' | 'milliseconds' = 'seconds'): string | undefined {
  const time = numberAt(object, key);
  const seconds = time === undefined || unit === 'seconds' ? time : time / 1000;
  // The year 9999 is the last one that ISO 8601 and Postgres write alike.
  if (seconds === undefined || seconds < 0 || seconds > 253_402_300_799) return undefined;
  return new Date(Math.round(seconds * 1000)).toISOString();
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
