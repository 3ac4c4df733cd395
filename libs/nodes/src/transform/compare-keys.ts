import { type Json, terminal } from '@workflows/core';

/**
 * The order of two sort keys: numbers by size, texts by code unit, false before true; absent ones are last
 * either way. The same on every machine, so it knows no locale. Throws `expr.failed` for keys of different types.
 */
export function compareKeys(a: Json, b: Json, descending = false): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const comparable = ['string', 'number', 'boolean'].includes(typeof a) && typeof a === typeof b;
  if (!comparable) {
    throw terminal(
      'expr.failed',
      '"sortBy" gave keys that have no order. Let it give a text, a number or a boolean, the same for all items.',
    );
  }
  if (a === b) return 0;
  return a < b !== descending ? -1 : 1;
}
