import type { Json } from '@workflows/core';

/** A `value` of the document with its texts rendered: those with expressions by `evaluate`, the others as they stand. */
export function renderValue(value: Json, evaluate: (text: string) => Json): Json {
  if (typeof value === 'string') return value.includes('{{') ? evaluate(value) : value;
  if (Array.isArray(value)) return value.map((part) => renderValue(part, evaluate));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, renderValue(part, evaluate)]));
}
