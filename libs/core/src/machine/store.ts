import type { Json, JsonObject } from '../json.js';

/**
 * Done by the runner in the tenant's own storage, under the run's lease. A read may be repeated; a write is done once for
 * its key, and a repeat is told what the first one answered.
 */
export interface StoreEffect {
  kind: 'store';
  request: StoreRequest;
  /** The step's key, the same for all its attempts. */
  idempotencyKey: string;
}

export type RowRequest = RowRead | RowSearch | RowWrite;
export type StoreRequest = RowRequest | ContactChange | CallLookup;

/** Answers StoredRow. */
export interface RowRead {
  do: 'read';
  table: string;
  key: string;
}

/** Answers StoredRows. */
export interface RowSearch {
  do: 'search';
  table: string;
  /** All of them have to hold. */
  where: RowCondition[];
  /** A column, `id` or `version`; absent: by id. Rows without a value come last, and equal ones in the order of their ids. */
  orderBy?: string;
  descending: boolean;
  limit: number;
}

export const ROW_OPERATORS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in'] as const;
export type RowOperator = (typeof ROW_OPERATORS)[number];

/** `value` of `in` is a list. A row without a value for the column equals null and is neither more nor less than anything. */
export interface RowCondition {
  column: string;
  op: RowOperator;
  value: Json;
}

export const ROW_CHANGES = ['put', 'merge', 'delete', 'increment'] as const;

/** Answers Written. */
export interface RowWrite {
  do: 'write';
  table: string;
  /**
   * `put`: the whole row. `merge`: some columns, null removes one. `increment`: amounts to add. All of them make a row
   * that is not there. `delete` takes no value, and is done where there is no row.
   */
  op: (typeof ROW_CHANGES)[number];
  key: string;
  value: JsonObject;
  /** The version that the row has to have, 0 for "there is none"; anything else is `data.conflict`. */
  ifVersion?: number;
}

/** Of the run's own contact; what is absent stays as it is. Answers Written. */
export interface ContactChange {
  do: 'contact';
  /** null: back to the tenant's. */
  set: { name?: string; locale?: string | null; timezone?: string | null };
  /** null removes one. */
  attributes: JsonObject;
  addTags: string[];
  removeTags: string[];
  optOut?: boolean;
}

/** `data` of a store effect that read one row. A row is its columns with `id` and `version`. */
export interface StoredRow {
  found: boolean;
  row?: JsonObject;
}

/** `data` of a store effect that searched. */
export interface StoredRows {
  rows: JsonObject[];
  /** How many rows there are in `rows`. */
  count: number;
}

/** `data` of a store effect that wrote. */
export interface Written {
  /** The version that the row, or the contact, has now; 0 when there is none any more. */
  version: number;
}

/** Answers CallTarget: what a call of this workflow would start. Starts nothing. */
export interface CallLookup {
  do: 'call';
  workflow: string;
  version: 'published' | number;
  input: Json;
}

/** `data` of a store effect that looked a call up. */
export interface CallTarget {
  workflowId: string;
  versionId: string;
  version: number;
  /** Its trigger of type `call`. */
  trigger: string;
  /** As the trigger's schema makes it. */
  input: Json;
  /** Whether the trigger wants its caller to have a contact. */
  needsContact: boolean;
}

/** Whether a request may be repeated without a key, because it changes nothing. */
export function isStoreRead({ request }: StoreEffect): boolean {
  return request.do !== 'write' && request.do !== 'contact';
}
