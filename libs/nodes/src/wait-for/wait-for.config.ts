import { type DataSchema, durationMs, type NodeTypeSpec } from '@workflows/core';
import { z } from 'zod';

const config = z.strictObject({
  duration: z
    .string()
    .refine(
      (given) => given.includes('{{') || durationMs(given) !== undefined,
      'An ISO 8601 duration of weeks to seconds, such as PT30M or P2D',
    )
    .meta({ kind: 'text' })
    .describe('How long, as an ISO 8601 duration such as PT30M'),
});

export type WaitForConfig = z.infer<typeof config>;

export const FIRED: DataSchema = {
  type: 'object',
  properties: { firedAt: { type: 'string', format: 'date-time', description: 'When the wait was over' } },
  required: ['firedAt'],
};

/** What a wait knows of the message that ended it. */
export const INTERRUPTED: DataSchema = {
  type: 'object',
  properties: { text: { type: 'string' }, kind: { type: 'string' } },
  required: ['text', 'kind'],
};

export const waitForSpec: NodeTypeSpec<WaitForConfig> = {
  type: 'wait.for',
  typeVersion: 1,
  title: 'Wait a while',
  description: 'Waits for a span of time. A day is 24 hours; for calendar days use wait.until.',
  group: 'waiting',
  category: 'waiting',
  config,
  hasNext: true,
  ports: ({ interruptible }) => (interruptible ? [{ name: 'message', required: true }] : []),
  output: () => FIRED,
  portOutputs: ({ interruptible }): Record<string, DataSchema> => (interruptible ? { message: INTERRUPTED } : {}),
  primary: 'firedAt',
};
