import { eachValue, type NodeTypeSpec } from '@workflows/core';
import { z } from 'zod';

const config = z.strictObject({
  mode: z
    .union([z.enum(['all', 'any']), z.int().min(1).max(1000)])
    .describe('all: waits for every branch; any: for the first; a number: for that many. The others are cancelled')
    .meta({ default: 'all' })
    .optional(),
  errors: z
    .enum(['fail', 'collect'])
    .describe('fail: an error in a branch is raised here; collect: it counts as arrived and is listed under failed')
    .meta({ default: 'fail' })
    .optional(),
  collect: eachValue().describe('What each item of a foreach leaves in items; sees each and the steps of the item').optional(),
});

export type JoinConfig = z.infer<typeof config>;

export const joinSpec: NodeTypeSpec<JoinConfig> = {
  type: 'join',
  typeVersion: 1,
  title: 'Wait for the branches',
  description: 'Closes one parallel or foreach: waits for its branches, and goes on with what they have come to.',
  group: 'flow',
  category: 'pure',
  config,
  hasNext: true,
  ports: () => [],
  // The compiler narrows this by the fork: arrived and failed of a parallel, items and failed of a foreach.
  output: () => ({ type: 'object', properties: { arrived: { type: 'array' }, items: { type: 'array' }, failed: {} } }),
  join: ({ config }) => ({
    mode: config.mode ?? 'all',
    errors: config.errors ?? 'fail',
    ...(config.collect === undefined ? {} : { collect: config.collect }),
  }),
};
