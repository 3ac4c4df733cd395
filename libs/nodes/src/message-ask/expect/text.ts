import { re2 } from '@workflows/core';
import type { ExpectOf } from './expect.config.js';

export function readText(text: string, { minLength = 1, maxLength, pattern }: ExpectOf<'text'>): string | undefined {
  const length = codePoints(text);
  if (length < minLength || (maxLength !== undefined && length > maxLength)) return undefined;
  return pattern === undefined || re2(pattern).matcher(text).find() ? text : undefined;
}

/** Characters as people and JSON Schema count them, not UTF-16 units. */
function codePoints(text: string): number {
  return Array.from(text).length;
}
