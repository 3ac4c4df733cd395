import { type DataSchema, escapePointer, type NodeTypeSpec, ROW_CHANGES, text, value } from '@workflows/core';
import { z } from 'zod';

const config = z
  .strictObject({
    table: z.string().min(1).describe("Name of the tenant's table"),
    op: z
      .enum(ROW_CHANGES)
      .describe(
        'put: write the whole row. merge: change some columns, null removes one. increment: add amounts. delete: remove the row. A row that is not there is made, except by delete',
      ),
    key: text().min(1).max(2000).describe('Id of the row, up to 200 characters'),
    value: value().describe('The columns and their values; with increment the amounts').optional(),
    ifVersion: value()
      .describe('Version that the row must have, as read before; 0: it must not exist. Otherwise data.conflict')
      .optional(),
  })
  .superRefine(({ op, value: given }, context) => {
    if (op === 'delete' && given !== undefined) {
      context.addIssue({ code: 'custom', path: ['value'], message: 'A row that is deleted takes no value' });
    }
    if (op !== 'delete' && given === undefined) {
      context.addIssue({ code: 'custom', path: ['value'], message: `"${op}" needs a value` });
    }
  });

export type DataWriteConfig = z.infer<typeof config>;

const WRITTEN: DataSchema = {
  type: 'object',
  properties: { version: { type: 'integer', description: 'The version of the row now; 0 after delete' } },
  required: ['version'],
};

export const dataWriteSpec: NodeTypeSpec<DataWriteConfig> = {
  type: 'data.write',
  typeVersion: 1,
  title: 'Write a row',
  description: "Puts, changes, counts up or deletes one row of a tenant's table, once.",
  group: 'activities',
  category: 'activity',
  config,
  hasNext: true,
  ports: () => [],
  output: () => WRITTEN,
  primary: 'version',
  table: ({ config: { table, value: given } }) => ({
    name: table,
    pointer: '/with/table',
    columns:
      typeof given === 'object' && given !== null && !Array.isArray(given)
        ? Object.entries(given).map(([name, part]) => ({
            name,
            pointer: `/with/value/${escapePointer(name)}`,
            ...(part === null ? {} : { value: part }),
          }))
        : [],
  }),
};
