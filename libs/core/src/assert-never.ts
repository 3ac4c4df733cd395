/** Closes a union: a member that is added later makes the build fail where it is not handled. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled member of a union: ${JSON.stringify(value)}`);
}
