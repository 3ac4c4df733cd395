/**
 * Calls a function of the schema `workflows` by its name. All storage goes through this, so that a rule is written
 * once, in SQL, whatever carries the call.
 *
 * Arguments are named as in SQL. Objects and arrays are sent as JSON text, because that arrives alike over every
 * transport. The result is the function's value, JSON parsed.
 */
export abstract class Database {
  /** Calls a function of the road: it works over many tenants at once and has no tenant set. */
  abstract call<Result>(name: string, args?: DatabaseArguments): Promise<Result>;

  /** Calls a function as one tenant: row-level security sees `tenantId` and hides everything else. */
  abstract callAsTenant<Result>(tenantId: string, name: string, args?: DatabaseArguments): Promise<Result>;

  /** Calls a function as the operator of the platform, above tenants: creating one, checking an API key. */
  abstract callAsOperator<Result>(name: string, args?: DatabaseArguments): Promise<Result>;

  /** Resolves within `timeoutMs` when the database answers; rejects otherwise. */
  abstract ping(timeoutMs: number): Promise<void>;

  abstract close(): Promise<void>;
}

export type DatabaseArguments = Record<string, unknown>;

/** The database cannot be reached or is starting; the same call may succeed later. Nothing was changed for certain. */
export class DatabaseUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseUnavailable';
  }
}

/** A rule of the database refused the call. `code` is ours (`not_found`, `conflict`, `precondition`, `invalid`) and safe to show. */
export class DatabaseRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly detail?: string,
  ) {
    super(message);
    this.name = 'DatabaseRefusal';
  }
}
