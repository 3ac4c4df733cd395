import { isObject } from '../expression/convert.js';
import { terminal } from '../failure.js';
import type { Json } from '../json.js';
import { ROW_OPERATORS, type RowCondition, type RowOperator } from '../machine/store.js';
import type { TableUse } from './node-type.js';
import { escapePointer } from './schema-walk.js';

/** Most values that a row's column is looked for among. */
const MOST_VALUES = 1_000;

/** What a `where` says in the document: columns, and for each a value or comparisons such as `{ total: { gte: 5 } }`. */
export interface Comparison {
  column: string;
  /** As it is written; one that there is not is a problem of the document. */
  operator: string;
  value: Json;
}

/** The conditions of a rendered `where`. Throws WorkflowError `expr.failed` when what was computed is none. */
export function rowConditions(where: Json | undefined): RowCondition[] {
  if (where === undefined || where === null) return [];
  if (!isObject(where))
    throw terminal('expr.failed', '"where" is no object of columns once it is rendered. Check its expressions.');
  return Object.entries(where).flatMap(([column, wanted]) => conditionsOn(column, wanted));
}

/** The comparisons that a `where` writes out and that there are not. */
export function unknownComparisons(where: Json | undefined): Comparison[] {
  return comparisonsIn(where).filter(({ operator }) => !ROW_OPERATORS.some((known) => known === operator));
}

/** The columns that a `where` names. `pointer`: that of the `where` itself. */
export function columnsOfWhere(where: Json | undefined, pointer: string): TableUse['columns'] {
  if (!isObject(where)) return [];
  const named = Object.entries(where).map(([name, wanted]) => ({
    name,
    pointer: `${pointer}/${escapePointer(name)}`,
    ...(isObject(wanted) || wanted === null ? {} : { value: wanted }),
  }));
  const compared = comparisonsIn(where).map(({ column, operator, value }) => ({
    name: column,
    pointer: `${pointer}/${escapePointer(column)}/${operator}`,
    ...(operator === 'in' ? {} : { value }),
  }));
  return [...named, ...compared];
}

function conditionsOn(column: string, wanted: Json): RowCondition[] {
  if (Array.isArray(wanted)) {
    throw terminal(
      'expr.failed',
      `"where" compares "${column}" with a list. Write {"in": [...]} for any of it, or {"eq": [...]} for the list itself.`,
    );
  }
  if (!isObject(wanted)) return [{ column, op: 'eq', value: wanted }];
  return Object.entries(wanted).map(([name, value]) => {
    const op = ROW_OPERATORS.find((operator) => operator === name);
    if (op === undefined) {
      throw terminal('expr.failed', `"where" has no comparison "${name}". Use one of ${ROW_OPERATORS.join(', ')}.`);
    }
    return { column, op, value: operand(column, op, value) };
  });
}

function operand(column: string, op: RowOperator, value: Json): Json {
  if (op !== 'in' || (Array.isArray(value) && value.length <= MOST_VALUES)) return value;
  throw terminal(
    'expr.failed',
    `"where" needs a list of at most ${MOST_VALUES} values for "in" of "${column}". Check its expressions.`,
  );
}

function comparisonsIn(where: Json | undefined): Comparison[] {
  if (!isObject(where)) return [];
  return Object.entries(where).flatMap(([column, wanted]) =>
    isObject(wanted) ? Object.entries(wanted).map(([operator, value]) => ({ column, operator, value })) : [],
  );
}
