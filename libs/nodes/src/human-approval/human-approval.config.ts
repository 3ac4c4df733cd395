import { type DataSchema, type NodeTypeSpec, text, value } from '@workflows/core';
import { z } from 'zod';
import { queueConfig } from '../human/human.config.js';

const config = z.strictObject({
  queue: queueConfig,
  title: text().min(1).describe('What is to be decided, in a line'),
  details: value().describe('What a person needs to know to decide, as any JSON').optional(),
});

export type HumanApprovalConfig = z.infer<typeof config>;

const DECIDED: DataSchema = {
  type: 'object',
  properties: {
    decision: { type: 'string', enum: ['approved', 'rejected'] },
    by: { type: 'string', description: 'Who has decided' },
    comment: { type: 'string', description: 'What they said about it' },
    at: { type: 'string', format: 'date-time', description: 'When they decided' },
  },
  required: ['decision', 'by', 'at'],
};

export const humanApprovalSpec: NodeTypeSpec<HumanApprovalConfig> = {
  type: 'human.approval',
  typeVersion: 1,
  title: 'Approval',
  description: 'Lets a person decide. The task stands in a queue until somebody approves or rejects it, or time is over.',
  group: 'waiting',
  category: 'waiting',
  config,
  hasNext: true,
  ports: () => [
    { name: 'rejected', required: true },
    { name: 'timeout', required: true },
  ],
  output: () => DECIDED,
  portOutputs: () => ({ rejected: DECIDED }),
  primary: 'decision',
};
