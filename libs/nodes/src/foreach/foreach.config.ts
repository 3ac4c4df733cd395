import { nodeId, type NodeTypeSpec, value } from '@workflows/core';
import { z } from 'zod';

const config = z.strictObject({
  items: value().describe('The list to go over'),
  maxItems: z.int().min(1).max(1000).describe('A longer list raises the error limit.items'),
  concurrency: z
    .int()
    .min(1)
    .max(20)
    .describe('Items under way at the same time; more than 1 only where the contact is not spoken to')
    .meta({ default: 1 })
    .optional(),
});

const fields = z.strictObject({
  body: nodeId().describe('The node with which each item begins; it sees each.item and each.index'),
  join: nodeId().describe('The join that collects the results'),
});

export type ForeachConfig = z.infer<typeof config>;
export type ForeachFields = z.infer<typeof fields>;

export const foreachSpec: NodeTypeSpec<ForeachConfig, ForeachFields> = {
  type: 'foreach',
  typeVersion: 1,
  title: 'Do it for each item',
  description: 'Walks through its body once for each item of a list, up to the join that collects the results.',
  group: 'flow',
  category: 'pure',
  config,
  fields,
  hasNext: false,
  ports: () => [],
  // An empty list goes straight to the join.
  targets: ({ fields }) => ({ '/body': fields.body, '/join': fields.join }),
  output: () => ({ type: 'object', properties: {} }),
  fork: ({ config, fields }) => ({
    kind: 'foreach',
    items: config.items,
    body: fields.body,
    concurrency: config.concurrency ?? 1,
    join: fields.join,
  }),
};
