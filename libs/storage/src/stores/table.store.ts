import { Injectable } from '@nestjs/common';
import type { DataSchema, JsonObject, RowSearch, RowWrite } from '@workflows/core';
import { Database, type DataTableRecord, type Page, type PageRequest, type StoreStep } from '@workflows/ports';

/** What a search of rows came to. `too_large`: more than 256 KB together. */
export type RowsFound = { outcome: 'found'; rows: JsonObject[] } | { outcome: 'missing' } | { outcome: 'too_large' };

export type RowWritten =
  /** `version` 0: there is no row any more. */
  | { outcome: 'done'; version: number }
  /** The row has another version than the writer has seen; 0: there is none. */
  | { outcome: 'conflict'; version: number }
  /** The columns are others by now than those that the value was checked against. */
  | { outcome: 'stale' }
  /** There is no such table. */
  | { outcome: 'missing' }
  /** The row would lack a column, or leave its range. */
  | { outcome: 'incomplete' | 'out_of_range'; column: string }
  /** The row, or the table, would be larger than it may be. */
  | { outcome: 'too_large' | 'full' }
  /** The step's mailbox is in other hands by now. */
  | { outcome: 'fenced' };

/** Where a write comes from, for those that must happen once. */
export type WritingStep = Omit<StoreStep, 'tenantId' | 'contactId'> & { idempotencyKey: string };

/** Tables of a tenant and their rows. A value is checked against the columns before it comes here. */
@Injectable()
export class TableStore {
  constructor(private readonly database: Database) {}

  /** Rejects with DatabaseRefusal `conflict` when the name is taken. */
  create(tenantId: string, name: string, columns: DataSchema): Promise<DataTableRecord> {
    return this.database.callAsTenant(tenantId, 'create_table', { p_name: name, p_columns: columns });
  }

  /**
   * Null when there is no such table. `expected`: the version that the writer has seen, else DatabaseRefusal
   * `precondition`; `whileEmpty`: DatabaseRefusal `conflict` once there are rows.
   */
  change(
    tenantId: string,
    name: string,
    columns: DataSchema,
    { expected, whileEmpty }: { expected: number; whileEmpty: boolean },
  ): Promise<DataTableRecord | null> {
    const args = { p_name: name, p_columns: columns, p_expected: expected, p_empty: whileEmpty };
    return this.database.callAsTenant(tenantId, 'change_table', args);
  }

  get(tenantId: string, name: string): Promise<DataTableRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_table', { p_name: name });
  }

  /** By name. */
  list(tenantId: string): Promise<DataTableRecord[]> {
    return this.database.callAsTenant(tenantId, 'list_tables');
  }

  /** With its rows; false when there is none. Rejects with DatabaseRefusal `conflict` while a workflow uses it. */
  delete(tenantId: string, name: string): Promise<boolean> {
    return this.database.callAsTenant(tenantId, 'delete_table', { p_name: name });
  }

  /** The columns of the row with `id` and `version`, or null. */
  row(tenantId: string, table: string, id: string): Promise<JsonObject | null> {
    return this.database.callAsTenant(tenantId, 'get_row', { p_table: table, p_id: id });
  }

  /** By id. */
  rows(tenantId: string, table: string, page: PageRequest): Promise<Page<JsonObject>> {
    return this.database.callAsTenant(tenantId, 'list_rows', {
      p_table: table,
      p_limit: page.limit,
      p_cursor: page.cursor,
    });
  }

  find(tenantId: string, search: RowSearch): Promise<RowsFound> {
    return this.database.callAsTenant(tenantId, 'find_rows', { p: search });
  }

  /** `columns`: version of the columns that the value fits. */
  write(tenantId: string, write: RowWrite, columns: number, step?: WritingStep): Promise<RowWritten> {
    return this.database.callAsTenant(tenantId, 'write_row', {
      p: { ...write, columns, ...(step === undefined ? {} : { step }) },
    });
  }
}
