import type { ExecutionState } from './state.js';

/** What a run may keep, in bytes of JSON. A state is read and written whole with every commit, so it must stay small. */
export const STATE_CEILING = 256 * 1024;

/** Most states are smaller than this, in characters; counting them costs less than remembering what was counted. */
const GLANCE = 8 * 1024;

/** Is a state below the ceiling for certain? Looks at no more than a few kilobytes; a larger one takes `stateSize`. */
export function isSurelySmall(state: ExecutionState): boolean {
  return leftAfter(state, GLANCE) > 0;
}

/** What is left of so many characters after a value; 0 or less when they do not suffice. */
function leftAfter(value: unknown, characters: number): number {
  if (typeof value === 'string') return characters - value.length - 2;
  if (typeof value !== 'object' || value === null) return characters - NUMBER;
  let left = characters - 2;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && left > 0; index += 1) left = leftAfter(value[index], left - 1);
    return left;
  }
  // Not Object.entries: this runs after every event, and its pairs would be most of what it costs.
  for (const name in value) {
    left = leftAfter(Reflect.get(value, name), left - name.length - 4);
    if (left <= 0) break;
  }
  return left;
}

/** The longest that a number, true, false or null is as JSON. */
const NUMBER = 25;

/** The machine replaces what a state holds and never writes into it, so that what was measured once stays measured. */
const measured = new WeakMap<object, number>();

/**
 * Bytes of a state as JSON, within a few percent: texts count as UTF-8 without what escaping adds. Costs a look at what
 * has changed since the last time, and not the size of the state.
 */
export function stateSize(state: ExecutionState): number {
  // The state and the lists right inside it are new after every event; only what is in them is worth remembering.
  let size = 2;
  for (const [name, value] of Object.entries(state)) size += name.length + 4 + fresh(value);
  return size;
}

function fresh(value: unknown): number {
  if (typeof value !== 'object' || value === null) return sizeOf(value);
  let size = 2;
  for (const [name, inner] of Object.entries(value)) size += name.length + 4 + sizeOf(inner);
  return size;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null).length;
  const known = measured.get(value);
  if (known !== undefined) return known;
  let size = 2;
  if (Array.isArray(value)) for (const item of value) size += sizeOf(item) + 1;
  else for (const [name, inner] of Object.entries(value)) size += name.length + 4 + sizeOf(inner);
  measured.set(value, size);
  return size;
}
