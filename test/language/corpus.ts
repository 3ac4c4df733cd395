import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject, Problem } from '@workflows/core';
import { z } from 'zod';
import { root } from '../architecture/root.js';
import { patched, type PatchStep, patchSteps } from './patch.js';

/**
 * The corpus that the language is measured by. `good/<family>/<name>.json` are workflows in which nothing is wrong;
 * `defects/<family>/*.json` are lists of what can be wrong in one of them. A new file is found by itself.
 */
const FOLDER = join(root, 'test/language');

export interface GoodDocument {
  /** `<family>/<name>`. */
  name: string;
  document: JsonObject;
}

export interface Defect {
  /** The file that it stands in, and what it is. */
  name: string;
  document: JsonObject;
  expected: { code: string; path: string; severity: Problem['severity'] };
}

const defectsShape = z.strictObject({
  base: z.string(),
  defects: z.array(
    z.strictObject({
      what: z.string(),
      patch: patchSteps,
      code: z.string(),
      /** Left out where it is the place that the first step of the patch changes. */
      path: z.string().optional(),
      severity: z.enum(['error', 'warning']).default('error'),
    }),
  ),
});

export function goodDocuments(): GoodDocument[] {
  return jsonFiles('good').map((path) => ({ name: path.replace(/^good\/|\.json$/g, ''), document: readObject(path) }));
}

export function seededDefects(): Defect[] {
  return jsonFiles('defects').flatMap((path) => {
    const { base, defects } = defectsShape.parse(readJson(path));
    return defects.map(({ what, patch, code, path: place = placeOf(patch), severity }) => ({
      name: `${path}: ${what}`,
      document: objectOf(patched(readObject(`good/${base}.json`), patch), path),
      expected: { code, path: place, severity },
    }));
  });
}

function placeOf([first]: PatchStep[]): string {
  if (first === undefined) throw new Error('A patch has at least one step.');
  return first.path;
}

/** All JSON files below a folder of the corpus, by their paths in it, in a fixed order. */
function jsonFiles(folder: string): string[] {
  return readdirSync(join(FOLDER, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name))
    .sort();
}

function readObject(path: string): JsonObject {
  return objectOf(readJson(path), path);
}

function readJson(path: string): Json {
  return z.json().parse(JSON.parse(readFileSync(join(FOLDER, path), 'utf8')));
}

function objectOf(value: Json, path: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Error(`${path} holds no object.`);
}
