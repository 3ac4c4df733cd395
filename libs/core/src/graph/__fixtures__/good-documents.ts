import { readdirSync, readFileSync } from 'node:fs';
import { isObject } from '../../expression/convert.js';
import type { Json, JsonObject } from '../../json.js';

const folder = new URL('./good/', import.meta.url);

/** Names of the good workflows of the folder `good`. */
export const GOOD_NAMES: readonly string[] = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));

/** A copy of a good workflow, for a test to break. */
export function goodDocument(name: string): JsonObject {
  const document: Json = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
  if (!isObject(document)) throw new Error(`${name}.json is no workflow.`);
  return document;
}
