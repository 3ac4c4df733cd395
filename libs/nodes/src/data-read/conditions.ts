import { type Json, ROW_OPERATORS, type RowCondition, type RowOperator, terminal } from '@workflows/core';

/** The conditions of a rendered `where`. Throws WorkflowError `expr.failed` when what was computed is none. */
export function conditionsOf(where: Json | undefined): RowCondition[] {
  if (where === undefined || where === null) return [];
  if (!isObject(where))
    throw terminal('expr.failed', '"where" is no object of columns once it is rendered. Check its expressions.');
  return Object.entries(where).flatMap(([column, wanted]) => conditionsOn(column, wanted));
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
  if (op !== 'in' || (Array.isArray(value) && value.length <= 1000)) return value;
  throw terminal('expr.failed', `"where" needs a list of at most 1000 values for "in" of "${column}". Check its expressions.`);
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
