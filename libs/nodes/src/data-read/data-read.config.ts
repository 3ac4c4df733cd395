import {
  columnsOfWhere,
  type DataSchema,
  type NodeShape,
  type NodeTypeSpec,
  ROW_OPERATORS,
  rowSchema,
  text,
  unknownComparisons,
  value,
} from '@workflows/core';
import { z } from 'zod';

const LIMIT = { usual: 100, most: 1000 };

const config = z
  .strictObject({
    table: z.string().min(1).describe("Name of the tenant's table"),
    key: text().min(1).describe('Id of the row that is wanted; without it rows are searched').optional(),
    where: value()
      .describe(
        'Conditions that all have to hold: {column: value}, or {column: {eq, ne, lt, lte, gt, gte, in}}. null: the row has no value there',
      )
      .optional(),
    orderBy: z.string().min(1).describe('Column by which the rows are ordered; default: id').optional(),
    descending: z.boolean().describe('Highest first').meta({ default: false }).optional(),
    limit: z.int().min(1).max(LIMIT.most).describe('How many rows at most').meta({ default: LIMIT.usual }).optional(),
  })
  .superRefine(({ key, ...search }, context) => {
    for (const { column, operator } of unknownComparisons(search.where)) {
      const message = `There is no comparison "${operator}"; use ${ROW_OPERATORS.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['where', column, operator], message });
    }
    if (key === undefined) return;
    for (const name of ['where', 'orderBy', 'descending', 'limit'] as const) {
      if (search[name] === undefined) continue;
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `A "key" names one row, so there is nothing to search: leave out "key" or "${name}"`,
      });
    }
  });

export type DataReadConfig = z.infer<typeof config>;

export const USUAL_LIMIT = LIMIT.usual;

export const dataReadSpec: NodeTypeSpec<DataReadConfig> = {
  type: 'data.read',
  typeVersion: 1,
  title: 'Read rows',
  description: "Reads one row of a tenant's table by its key, or searches rows.",
  group: 'activities',
  category: 'activity',
  config,
  hasNext: true,
  ports: () => [],
  output: outputOf,
  primaryFor: ({ config: { key } }) => (key === undefined ? 'rows' : 'row'),
  table: ({ config: { table, where, orderBy } }) => ({
    name: table,
    pointer: '/with/table',
    columns: [
      ...columnsOfWhere(where, '/with/where'),
      ...(orderBy === undefined ? [] : [{ name: orderBy, pointer: '/with/orderBy' }]),
    ],
  }),
};

function outputOf({ config: { table, key }, tables }: NodeShape<DataReadConfig>): DataSchema {
  const columns = tables && Object.hasOwn(tables, table) ? tables[table] : undefined;
  // Without the tenant's tables nobody knows the columns: the row is untyped.
  const row = columns ? rowSchema(columns) : {};
  if (key !== undefined) return { type: 'object', properties: { found: { type: 'boolean' }, row }, required: ['found'] };
  return {
    type: 'object',
    properties: { rows: { type: 'array', items: row }, count: { type: 'integer' } },
    required: ['rows', 'count'],
  };
}
