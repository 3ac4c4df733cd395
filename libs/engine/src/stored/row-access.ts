import { Injectable } from '@nestjs/common';
import { assertNever, type EffectResult, fitRow, ROW_FIELDS, type RowRead, type RowSearch, type RowWrite } from '@workflows/core';
import type { DataTableRecord, StoreAnswer } from '@workflows/ports';
import { type RowWritten, TableStore, type WritingStep } from '@workflows/storage';
import { LRUCache } from 'lru-cache';

const REMEMBERED_MS = 10_000;

/** Rows on behalf of a step: everything that can be wrong with a request becomes a failure of the language. */
@Injectable()
export class RowAccess {
  /** A write that was checked against old columns is refused by the table, so this may lag behind. */
  private readonly tables = new LRUCache<string, DataTableRecord>({ max: 5_000, ttl: REMEMBERED_MS });

  constructor(private readonly store: TableStore) {}

  async read(tenantId: string, { table, key }: RowRead): Promise<EffectResult> {
    const row = await this.store.row(tenantId, table, key);
    if (row !== null) return { outcome: 'done', data: { found: true, row } };
    const known = await this.table(tenantId, table);
    return known === null ? noTable(table) : { outcome: 'done', data: { found: false } };
  }

  async search(tenantId: string, search: RowSearch): Promise<EffectResult> {
    const unknown = await this.unknownColumn(tenantId, search);
    if (unknown !== null) {
      return failed('expr.failed', `The table "${search.table}" has no column "${unknown}". Correct "where" or "orderBy".`);
    }
    const found = await this.store.find(tenantId, search);
    switch (found.outcome) {
      case 'found':
        return { outcome: 'done', data: { rows: found.rows, count: found.rows.length } };
      case 'missing':
        return noTable(search.table);
      case 'too_large':
        return failed('quota.exceeded', `The rows found in "${search.table}" are more than 256 KB together. Lower "limit".`);
      default:
        return assertNever(found);
    }
  }

  async write(tenantId: string, write: RowWrite, step: WritingStep): Promise<StoreAnswer> {
    for (const isFresh of [false, true]) {
      const table = await this.table(tenantId, write.table, isFresh);
      if (table === null) return settled(noTable(write.table));
      const fitted = fitRow(table.columns, write.op, write.value);
      const written =
        'problems' in fitted ? null : await this.store.write(tenantId, { ...write, value: fitted.value }, table.version, step);
      // What does not fit columns that were remembered may fit those of today.
      if (!isFresh && (written === null || written.outcome === 'stale' || written.outcome === 'missing')) continue;
      if (written?.outcome === 'fenced') return { outcome: 'fenced' };
      if (written === null) {
        const [problem] = 'problems' in fitted ? fitted.problems : [];
        return settled(doesNotFit(write.table, `${problem?.path ?? ''} ${problem?.message ?? 'is wrong'}`));
      }
      return settled(resultOf(write.table, written));
    }
    throw new Error(`The table "${write.table}" was asked for twice and answered neither time.`);
  }

  /** A search by a column that is not there would find nothing and say so without a word. */
  private async unknownColumn(tenantId: string, { table: name, where, orderBy }: RowSearch): Promise<string | null> {
    const asked = [...where.map(({ column }) => column), ...(orderBy === undefined ? [] : [orderBy])];
    for (const isFresh of [false, true]) {
      const table = await this.table(tenantId, name, isFresh);
      const known = table === null ? asked : [...Object.keys(table.columns.properties ?? {}), ...ROW_FIELDS];
      const unknown = asked.find((column) => !known.includes(column));
      if (unknown === undefined) return null;
      if (isFresh) return unknown;
    }
    return null;
  }

  private async table(tenantId: string, name: string, isFresh = false): Promise<DataTableRecord | null> {
    const key = `${tenantId} ${name}`;
    const known = isFresh ? undefined : this.tables.get(key);
    if (known !== undefined) return known;
    const table = await this.store.get(tenantId, name);
    if (table === null) this.tables.delete(key);
    else this.tables.set(key, table);
    return table;
  }
}

function resultOf(table: string, written: Exclude<RowWritten, { outcome: 'fenced' }>): EffectResult {
  switch (written.outcome) {
    case 'done':
      return { outcome: 'done', data: { version: written.version } };
    case 'conflict':
      return failed(
        'data.conflict',
        written.version === 0
          ? `The row of "${table}" is not there, but "ifVersion" names a version of it. Read it again.`
          : `The row of "${table}" has version ${written.version} by now. Read it again and decide anew.`,
        { version: written.version },
      );
    case 'out_of_range':
      return failed(
        'data.conflict',
        `The column "${written.column}" of "${table}" would leave its range. Read the row and decide anew.`,
      );
    case 'stale':
      return failed('data.conflict', `The columns of "${table}" changed twice while the row was written. Try again.`);
    case 'missing':
      return noTable(table);
    case 'incomplete':
      return doesNotFit(table, `/${written.column} is required`);
    case 'too_large':
      return failed('quota.exceeded', `The row of "${table}" would be larger than 64 KB. Keep less in it.`);
    case 'full':
      return failed(
        'quota.exceeded',
        `The table "${table}" is full: it holds 100,000 rows and 64 MB. Delete rows that are not needed.`,
      );
    default:
      return assertNever(written);
  }
}

const settled = (result: EffectResult): StoreAnswer => ({ outcome: 'settled', result });

const noTable = (table: string): EffectResult =>
  failed('resource.missing', `The tenant has no table "${table}". Create it, or correct the name in the node.`);

const doesNotFit = (table: string, what: string): EffectResult =>
  failed('expr.failed', `The value does not fit the columns of "${table}": ${what}. Check its expressions.`);

function failed(code: string, message: string, details?: { version: number }): EffectResult {
  return { outcome: 'failed', failure: { code, kind: 'terminal', message, ...(details === undefined ? {} : { details }) } };
}
