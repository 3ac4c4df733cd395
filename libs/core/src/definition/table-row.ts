import type { Json, JsonObject } from '../json.js';
import type { RowWrite } from '../machine/store.js';
import { checkValue, type ValueProblem } from './check-value.js';
import type { DataSchema } from './data-schema.js';

/** What every row has beside its columns. */
const OWN_FIELDS: Record<string, DataSchema> = { id: { type: 'string' }, version: { type: 'integer' } };

/** Names that no column can have, because each row has them of its own. */
export const ROW_FIELDS: readonly string[] = Object.keys(OWN_FIELDS);

/** A row as its readers see it, by the columns of its table. */
export function rowSchema(columns: DataSchema): DataSchema {
  return {
    type: 'object',
    properties: { ...columns.properties, ...OWN_FIELDS },
    required: [...(columns.required ?? []), ...ROW_FIELDS],
  };
}

/** Fits the value of a write to the columns of its table. What would become of the whole row is for the table to judge. */
export function fitRow(
  columns: DataSchema,
  op: RowWrite['op'],
  value: JsonObject,
): { value: JsonObject } | { problems: ValueProblem[] } {
  switch (op) {
    case 'put': {
      const checked = checkValue(columns, value);
      return 'problems' in checked ? checked : { value: isObject(checked.value) ? checked.value : {} };
    }
    case 'merge':
      return fitColumns(columns, value, (column) => column);
    case 'increment':
      return fitColumns(columns, value, amountOf);
    case 'delete':
      return { value: {} };
  }
}

/** Each column that is given by itself: nothing is required, and no default overwrites what the row has. */
function fitColumns(
  columns: DataSchema,
  value: JsonObject,
  schemaOf: (column: DataSchema) => DataSchema | null,
): { value: JsonObject } | { problems: ValueProblem[] } {
  // Nobody knows the columns, as in the rehearsal of a workflow without its tenant.
  if (columns.properties === undefined) return { value };
  const problems: ValueProblem[] = [];
  const fitted: JsonObject = {};
  for (const [name, column] of Object.entries(columns.properties)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given === undefined) continue;
    const schema = schemaOf(column);
    if (schema === null) problems.push({ path: `/${name}`, message: 'is not a number and cannot be incremented' });
    else if (given === null) fitted[name] = null;
    else {
      const checked = checkValue(schema, given);
      if ('problems' in checked) problems.push(...checked.problems.map((each) => ({ ...each, path: `/${name}${each.path}` })));
      else fitted[name] = checked.value ?? null;
    }
  }
  return problems.length > 0 ? { problems } : { value: fitted };
}

/** An amount is of the column's type; its limits are for the sum. */
function amountOf({ type }: DataSchema): DataSchema | null {
  return type === 'integer' || type === 'number' ? { type } : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
