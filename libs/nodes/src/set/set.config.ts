import type { NodeTypeSpec } from '@workflows/core';
import { z } from 'zod';

const config = z.strictObject({});

export type SetConfig = z.infer<typeof config>;

export const setSpec: NodeTypeSpec<SetConfig> = {
  type: 'set',
  typeVersion: 1,
  title: 'Set variables',
  description: 'Stores what its "assign" computes. Later assignments see the earlier ones.',
  group: 'flow',
  category: 'pure',
  config,
  hasNext: true,
  ports: () => [],
  output: () => ({ type: 'object', properties: {} }),
};
