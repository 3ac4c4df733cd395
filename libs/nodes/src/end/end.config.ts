import { type NodeTypeSpec, text, value } from '@workflows/core';
import { z } from 'zod';

const config = z.strictObject({
  status: z.enum(['completed', 'failed', 'cancelled']).describe('How the run ends').meta({ default: 'completed' }).optional(),
  reason: text().max(200).describe('Why, in a word for lists and filters').optional(),
  output: value().describe('Result of the run').optional(),
});

export type EndConfig = z.infer<typeof config>;

export const endSpec: NodeTypeSpec<EndConfig> = {
  type: 'end',
  typeVersion: 1,
  title: 'End',
  description: 'Ends the run. What it has sent before is still delivered.',
  group: 'flow',
  category: 'pure',
  config,
  hasNext: false,
  ports: () => [],
  output: () => ({ type: 'object', properties: {} }),
};
