import {
  assertNever,
  type DataSchema,
  type EffectResult,
  fitRow,
  type Json,
  type JsonObject,
  type RowCondition,
  type RowSearch,
  type RowWrite,
  type RowRequest,
} from '@workflows/core';
import { equals } from './json.js';

interface Row {
  id: string;
  version: number;
  value: JsonObject;
}

/** Tables of a test, in memory: what the SQL functions promise, for a handful of rows. */
export class Tables {
  private readonly tables = new Map<string, Map<string, Row>>();
  private writes = 0;

  /** `given`: rows by table; `columns` of the tenant's tables, where they are known. */
  constructor(
    given: Record<string, JsonObject[]>,
    private readonly columns: Record<string, DataSchema>,
  ) {
    for (const [name, rows] of Object.entries(given)) {
      for (const [index, { id, version: _version, ...value }] of rows.entries()) {
        this.keep(name, typeof id === 'string' ? id : `row-${index + 1}`, value);
      }
    }
  }

  answer(request: RowRequest): EffectResult {
    switch (request.do) {
      case 'read': {
        const row = this.table(request.table).get(request.key);
        return done(row === undefined ? { found: false } : { found: true, row: shown(row) });
      }
      case 'search': {
        const rows = this.search(request);
        return done({ rows, count: rows.length });
      }
      case 'write':
        return this.write(request);
      default:
        return assertNever(request);
    }
  }

  /** The rows of a table as a test expects them. */
  rows(name: string): JsonObject[] {
    return [...this.table(name).values()].map(shown);
  }

  private search({ table, where, orderBy, descending, limit }: RowSearch): JsonObject[] {
    const found = this.rows(table).filter((row) => where.every((condition) => fits(row[condition.column], condition)));
    const order = (a: JsonObject, b: JsonObject): number => {
      const [first, second] = [a[orderBy ?? 'id'], b[orderBy ?? 'id']];
      if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
      return descending ? compare(second, first) : compare(first, second);
    };
    return found.sort((a, b) => order(a, b) || compare(a['id'] ?? '', b['id'] ?? '')).slice(0, limit);
  }

  private write(write: RowWrite): EffectResult {
    const { table: name, op, key, ifVersion } = write;
    const row = this.table(name).get(key);
    if (ifVersion !== undefined && ifVersion !== (row?.version ?? 0))
      return failed('data.conflict', 'The row has another version.');
    if (op === 'delete') {
      this.table(name).delete(key);
      return done({ version: 0 });
    }
    const columns = Object.hasOwn(this.columns, name) ? (this.columns[name] ?? {}) : { type: 'object' as const };
    const fitted = fitRow(columns, op, write.value);
    if ('problems' in fitted) return failed('expr.failed', `The value does not fit the columns of "${name}".`);
    const becomes = changed(op, row?.value ?? {}, fitted.value);
    if (columns.required?.some((column) => !Object.hasOwn(becomes, column)) === true) {
      return failed('expr.failed', `The row of "${name}" would lack a column.`);
    }
    // What fitted column by column can leave a column's range only by counting.
    if (op === 'increment' && 'problems' in fitRow({ ...columns, required: [] }, 'put', becomes)) {
      return failed('data.conflict', `A column of "${name}" would leave its range.`);
    }
    return done({ version: this.keep(name, key, becomes).version });
  }

  private keep(name: string, id: string, value: JsonObject): Row {
    this.writes += 1;
    const row = { id, version: this.writes, value };
    this.table(name).set(id, row);
    return row;
  }

  private table(name: string): Map<string, Row> {
    const table = this.tables.get(name) ?? new Map<string, Row>();
    this.tables.set(name, table);
    return table;
  }
}

function changed(op: 'put' | 'merge' | 'increment', row: JsonObject, value: JsonObject): JsonObject {
  if (op === 'put') return value;
  if (op === 'merge') return Object.fromEntries(Object.entries({ ...row, ...value }).filter(([, part]) => part !== null));
  const sums = Object.entries(value).map(([name, amount]): [string, Json] => [name, Number(row[name] ?? 0) + Number(amount)]);
  return { ...row, ...Object.fromEntries(sums) };
}

function fits(actual: Json | undefined, { op, value }: RowCondition): boolean {
  switch (op) {
    case 'eq':
      return value === null ? actual === undefined : equals(actual, value);
    case 'ne':
      return value === null ? actual !== undefined : !equals(actual, value);
    case 'in':
      return Array.isArray(value) && value.some((choice) => actual !== undefined && equals(actual, choice));
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      if (actual === undefined || typeof actual !== typeof value) return false;
      const order = compare(actual, value);
      return op === 'lt' ? order < 0 : op === 'lte' ? order <= 0 : op === 'gt' ? order > 0 : order >= 0;
    }
    default:
      return assertNever(op);
  }
}

/** Numbers by size, texts byte by byte, false before true. */
function compare(a: Json, b: Json): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b) || 0;
}

const shown = ({ id, version, value }: Row): JsonObject => ({ ...value, id, version });

const done = (data: JsonObject): EffectResult => ({ outcome: 'done', data });

function failed(code: string, message: string): EffectResult {
  return { outcome: 'failed', failure: { code, kind: 'terminal', message } };
}
