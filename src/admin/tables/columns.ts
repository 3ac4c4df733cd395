import { type DataSchema, dataSchemaShape, type JsonObject, ROW_FIELDS } from '@workflows/core';
import { badRequest, type ProblemEntry, unprocessable } from '../../problems/refusal.js';

const COLUMN = /^[a-z][a-zA-Z0-9_]{0,63}$/;
const MOST_COLUMNS = 100;

/** The columns of a table as the body gives them. Refuses what no row could have. */
export function columnsOf(given: JsonObject): DataSchema {
  const parsed = dataSchemaShape.safeParse(given);
  if (!parsed.success) {
    throw badRequest(
      'columns is no schema of the language; see errors.',
      parsed.error.issues.map(({ path, message }) => entry(['columns', ...path.map(String)], `${message}.`)),
    );
  }
  const { type, properties = {} } = parsed.data;
  const names = Object.keys(properties);
  const problems = [
    ...(type === 'object' && names.length > 0
      ? []
      : [entry(['columns'], 'columns is no object with properties.', 'Write {"type": "object", "properties": {...}}.')]),
    ...(names.length > MOST_COLUMNS ? [entry(['columns', 'properties'], `A table has at most ${MOST_COLUMNS} columns.`)] : []),
    ...names.flatMap((name) => {
      const path = ['columns', 'properties', name];
      if (ROW_FIELDS.includes(name)) return [entry(path, `Every row has "${name}" by itself.`, 'Leave the column out.')];
      if (COLUMN.test(name)) return [];
      return [
        entry(
          path,
          'The name of a column has another form.',
          'Use up to 64 letters, digits and "_", starting with a small letter.',
        ),
      ];
    }),
  ];
  if (problems.length > 0) throw badRequest('columns does not describe a row; see errors.', problems);
  return parsed.data;
}

/**
 * Whether every row that fits the old columns fits the new ones too. Then the table may be changed whatever is in it;
 * else only while it has no rows.
 */
export function fitsEveryRow(before: DataSchema, after: DataSchema): boolean {
  const [old, changed] = [before.properties ?? {}, after.properties ?? {}];
  const kept = Object.entries(old).every(([name, column]) => {
    const now = changed[name];
    return now !== undefined && shape(column) === shape(now);
  });
  const required = (after.required ?? []).every((name) => before.required?.includes(name) === true);
  return kept && required;
}

/** What of a column decides whether a value fits. */
function shape({ title: _title, description: _description, default: _default, ...rest }: DataSchema): string {
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Refuses the value of a row that does not fit, column by column. */
export function rowRefusal(problems: Array<{ path: string; message: string }>) {
  return unprocessable(
    'The row does not fit the columns of the table; see errors.',
    problems.map(({ path, message }) => ({ path, code: 'row.invalid', message: `The column ${message}.` })),
  );
}

function entry(path: string[], message: string, hint?: string): ProblemEntry {
  return { path: `/${path.join('/')}`, code: 'table.invalid', message, ...(hint === undefined ? {} : { hint }) };
}
