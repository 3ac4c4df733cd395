import { nodeId, type NodeTypeSpec } from '@workflows/core';
import { z } from 'zod';

const config = z.strictObject({});

const branchName = z
  .string()
  .regex(/^[a-z][a-zA-Z0-9_]{0,63}$/, 'A name of letters, digits and _, starting with a small letter')
  .refine((name) => !['constructor', 'prototype'].includes(name), 'A name that is not reserved');

const fields = z.strictObject({
  branches: z
    .record(branchName, nodeId())
    .refine((branches) => Object.keys(branches).length >= 2, 'at least 2 branches')
    .refine((branches) => Object.keys(branches).length <= 10, 'at most 10 branches')
    .describe('Name of each branch and the node with which it begins, 2 to 10 of them'),
  join: nodeId().describe('The join at which the branches meet'),
});

export type ParallelConfig = z.infer<typeof config>;
export type ParallelFields = z.infer<typeof fields>;

export const parallelSpec: NodeTypeSpec<ParallelConfig, ParallelFields> = {
  type: 'parallel',
  typeVersion: 1,
  title: 'Do several things at once',
  description: 'Goes on in each of its branches at the same time, up to the join at which they meet.',
  group: 'flow',
  category: 'pure',
  config,
  fields,
  hasNext: false,
  ports: () => [],
  targets: ({ fields }) => Object.fromEntries(Object.entries(fields.branches).map(([name, node]) => [`/branches/${name}`, node])),
  output: () => ({ type: 'object', properties: {} }),
  fork: ({ fields }) => ({ kind: 'parallel', branches: fields.branches, join: fields.join }),
};
