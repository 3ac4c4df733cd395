import { isObject } from '../expression/convert.js';
import type { Json, JsonObject } from '../json.js';
import type { Problem } from './problem.js';

/** Limits of one document (language, section 8, `limit.document`). */
const MAX_BYTES = 1024 * 1024;
const MAX_NODES = 500;
const MAX_TRIGGERS = 20;
const MAX_TESTS = 100;

/** Deeper than any workflow goes, and far from what the stack takes. */
const MAX_DEPTH = 100;

/** Looked at before anything else, because the other phases may take their time with a document of a sane size only. */
export function checkLimits(document: JsonObject, bytes: number): Problem[] {
  const nodes = isObject(document['nodes']) ? Object.keys(document['nodes']).length : 0;
  return [
    ...over('', 'The document', bytes, MAX_BYTES, 'bytes'),
    ...over('/nodes', 'The document', nodes, MAX_NODES, 'nodes'),
    ...over('/triggers', 'The document', lengthOf(document['triggers']), MAX_TRIGGERS, 'triggers'),
    ...over('/tests', 'The document', lengthOf(document['tests']), MAX_TESTS, 'tests'),
    ...over('', 'The document', depthOf(document), MAX_DEPTH, 'levels of nesting'),
  ];
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

/** Level by level and not by recursion, as it guards the phases that recurse. */
function depthOf(document: Json): number {
  let depth = 0;
  let level: Json[] = [document];
  while (level.length > 0 && depth <= MAX_DEPTH) {
    depth += 1;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return depth;
}

function over(path: string, what: string, actual: number, limit: number, unit: string): Problem[] {
  if (actual <= limit) return [];
  const message = `${what} has ${actual} ${unit}; at most ${limit} are allowed.`;
  return [{ path, code: 'limit.document', severity: 'error', message, hint: 'Split it into several workflows.' }];
}
