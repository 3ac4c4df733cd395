/**
 * What goes over the wire is JSON, and nobody shares an object with the database. The same as `JSON.parse(JSON.stringify(value))`
 * for what the engine sends, without the text between them, which took a third of the time of a check.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is the caller's promise, as with every Database
export function copy(value: any): any {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (typeof value !== 'object' || value === null) return isWritten(value) ? value : undefined;
  if (Array.isArray(value)) return value.map((each: unknown) => (isWritten(each) ? copy(each) : null));
  if (typeof value.toJSON === 'function') return copy(value.toJSON());
  // Whoever changes what is frozen is thrown at, so it may be shared.
  if (sealed.has(value)) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const each: unknown = value[key];
    if (!isWritten(each)) continue;
    if (key !== '__proto__') result[key] = copy(each);
    else Object.defineProperty(result, key, { value: copy(each), enumerable: true, configurable: true, writable: true });
  }
  return result;
}

const isWritten = (value: unknown): boolean => value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';

const sealed = new WeakSet<object>();

/** Frozen all through: what is published never changes, and need not be copied again and again. */
export function seal<Value extends object>(value: Value): Value {
  for (const each of Object.values(value)) if (typeof each === 'object' && each !== null) seal(each);
  sealed.add(value);
  Object.freeze(value);
  return value;
}
