import { type DataSchema, type NodeTypeSpec, text } from '@workflows/core';
import { z } from 'zod';
import { queueConfig } from '../human/human.config.js';

const config = z.strictObject({
  queue: queueConfig,
  note: text().describe('What the people who take over need to know').optional(),
  text: text().min(1).describe('What the contact is told').optional(),
  priority: z.int().min(-100).max(100).describe('Higher is more urgent').meta({ default: 0 }).optional(),
});

export type HumanHandoffConfig = z.infer<typeof config>;

const RETURNED: DataSchema = {
  type: 'object',
  properties: {
    by: { type: 'string', description: 'Who gave the conversation back or closed it' },
    note: { type: 'string', description: 'What they left; empty when they left nothing' },
  },
  required: ['by', 'note'],
};

export const humanHandoffSpec: NodeTypeSpec<HumanHandoffConfig> = {
  type: 'human.handoff',
  typeVersion: 1,
  title: 'Hand off',
  description: 'Gives the conversation to people. No run speaks in it until they hand it back, close it, or time is over.',
  group: 'waiting',
  category: 'waiting',
  config,
  hasNext: true,
  ports: () => [
    { name: 'closed', required: true },
    { name: 'timeout', required: true },
  ],
  output: () => RETURNED,
  portOutputs: () => ({ closed: RETURNED }),
  primary: 'note',
};
