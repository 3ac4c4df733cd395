import type { Json, JsonObject } from '../json.js';

/**
 * A value as JSON and nothing else: no undefined, no prototypes, shared with nobody. Throws on what has no JSON form.
 * The one place where what JSON.parse gives is called JSON.
 */
export function plainJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}

/** The same for what is known to be an object. */
export function plainObject(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
