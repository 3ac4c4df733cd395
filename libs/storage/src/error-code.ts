/**
 * The `code` of a thrown system or Postgres error. Asked by shape and not by `instanceof`: errors of Node itself belong
 * to another realm than ours inside a test's sandbox.
 */
export function errorCode(error: unknown): string | undefined {
  return textOf(error, 'code');
}

/** A text field of a thrown object, where it has one of this name. */
export function textOf(error: unknown, name: 'code' | 'message' | 'detail' | 'constraint' | 'stderr'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}
