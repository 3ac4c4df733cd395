/**
 * A UUID that a step always arrives at, however often it is tried: its idempotency key, which is half of a SHA-256 in
 * hex, in the form of a UUID of version 8.
 */
export function idOfStep(idempotencyKey: string): string {
  const [, first, second, third, fourth, last] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/.exec(idempotencyKey) ?? [];
  if (first === undefined) throw new Error(`"${idempotencyKey}" is no idempotency key of 32 characters.`);
  return `${first}-${second}-8${third}-a${fourth}-${last}`;
}
