import { checkValue } from '../definition/check-value.js';
import type { TableUse } from '../definition/node-type.js';
import { columnsOfWhere } from '../definition/row-conditions.js';
import { nameHint } from '../definition/suggest.js';
import { ROW_FIELDS, rowSchema } from '../definition/table-row.js';
import type { DataSchema } from '../definition/data-schema.js';
import type { Json } from '../json.js';
import { withCompensations, type Outline } from './outline.js';
import type { Problem } from './problem.js';
import type { FrozenSchemas, TenantContext } from './tenant-context.js';

/** Do the columns that nodes name exist, and fit the values that stand in the document? Tables that are not known are passed over. */
export function checkTables(outline: Outline, { tables = {} }: TenantContext): Problem[] {
  return usesIn(outline).flatMap(({ pointer, isWrite, use }) => {
    const columns = Object.hasOwn(tables, use.name) ? tables[use.name] : undefined;
    if (!columns) return [];
    return use.columns.flatMap((column) => columnProblems(use.name, columns, column, pointer, isWrite));
  });
}

/** What the expressions of this document were typed by. */
export function frozenSchemas(outline: Outline, { tables = {}, settings, attributes }: TenantContext): FrozenSchemas {
  const used = new Set(usesIn(outline).map(({ use }) => use.name));
  return {
    tables: Object.fromEntries(Object.entries(tables).filter(([name]) => used.has(name))),
    ...(settings ? { settings } : {}),
    ...(attributes ? { attributes } : {}),
  };
}

interface UseInDocument {
  /** Of the node or the trigger. */
  pointer: string;
  isWrite: boolean;
  use: Pick<TableUse, 'name' | 'columns'>;
}

function usesIn(outline: Outline): UseInDocument[] {
  const nodes = withCompensations(outline).flatMap((node) => {
    const use = node.shape ? node.spec?.table?.(node.shape) : undefined;
    return use ? [{ pointer: node.pointer, isWrite: node.spec?.type === 'data.write', use }] : [];
  });
  const audiences = outline.triggers.flatMap(({ pointer, definition }) => {
    if (definition?.type !== 'schedule' || definition.audience === undefined) return [];
    const { table, where } = definition.audience;
    return [{ pointer, isWrite: false, use: { name: table, columns: columnsOfWhere(where, '/audience/where') } }];
  });
  return [...nodes, ...audiences];
}

function columnProblems(
  table: string,
  columns: DataSchema,
  { name, pointer, value }: TableUse['columns'][number],
  node: string,
  isWrite: boolean,
): Problem[] {
  const path = node + pointer;
  const readable = rowSchema(columns).properties ?? {};
  const known = isWrite ? Object.keys(columns.properties ?? {}) : Object.keys(readable);
  if (!known.includes(name)) {
    const own = isWrite && ROW_FIELDS.includes(name);
    const hint = own ? 'The table gives it by itself: leave it out.' : nameHint(name, known, 'Its columns');
    const message = `The table '${table}' has no column '${name}'${own ? ' to write' : ''}.`;
    return [{ path, code: 'ref.unknown_field', severity: 'error', message, ...(hint === undefined ? {} : { hint }) }];
  }
  const { type } = readable[name] ?? {};
  // Limits are for what is kept; what is compared, or added, only has to be of the type.
  if (value === undefined || type === undefined || !isLiteral(value)) return [];
  const checked = checkValue({ type }, value);
  if (!('problems' in checked)) return [];
  const message = `The value does not fit the column '${name}': it ${checked.problems[0]?.message ?? 'is wrong'}.`;
  return [{ path, code: 'expr.type', severity: 'error', message }];
}

function isLiteral(value: Json): boolean {
  if (typeof value === 'string') return !value.includes('{{');
  return typeof value !== 'object' || value === null || Object.values(value).every(isLiteral);
}
