import { cel, type DataSchema, type NodeTypeSpec, text, value } from '@workflows/core';
import { z } from 'zod';
import { eventName } from '../emit/emit.config.js';
import { INTERRUPTED } from '../wait-for/wait-for.config.js';

const config = z.strictObject({
  name: eventName().describe('Name of the event, such as order.paid'),
  key: text().min(1).describe('What the event is about, such as the id of an order; only events with this key come'),
  match: cel().describe('Condition over incoming; an event for which it does not hold is left for a later wait').optional(),
  since: z
    .enum(['run', 'step'])
    .describe('From when on events count: from the start of the run, or from the moment at which this step begins')
    .meta({ default: 'run' })
    .optional(),
  until: value().describe('An instant at which the wait ends, instead of "timeout"').optional(),
});

export type WaitEventConfig = z.infer<typeof config>;

const RECEIVED: DataSchema = {
  type: 'object',
  properties: {
    data: { description: 'What the event carries. Its shape is the node\'s "output" schema' },
    key: { type: 'string' },
    at: { type: 'string', format: 'date-time', description: 'When the event came' },
  },
  required: ['data', 'key', 'at'],
};

/** The event as its condition sees it; `data` is what the node's own schema promises. */
const incoming = (data: DataSchema): DataSchema => ({
  type: 'object',
  properties: { name: { type: 'string' }, data, key: { type: 'string' }, at: { type: 'string', format: 'date-time' } },
  required: ['name', 'data', 'key', 'at'],
});

export const waitEventSpec: NodeTypeSpec<WaitEventConfig> = {
  type: 'wait.event',
  typeVersion: 1,
  title: 'Wait for an event',
  description:
    'Waits for an event that a run emits or that comes from outside. One that came since the start of the run counts, unless a step of the run has taken it.',
  group: 'waiting',
  category: 'waiting',
  config,
  hasNext: true,
  ports: ({ interruptible }) => [
    { name: 'timeout', required: true },
    ...(interruptible ? [{ name: 'message', required: true }] : []),
  ],
  output: () => RECEIVED,
  portOutputs: ({ interruptible }): Record<string, DataSchema> => (interruptible ? { message: INTERRUPTED } : {}),
  primary: 'data',
  locals: ({ output }, place): Record<string, DataSchema> =>
    place === '/with/match' ? { incoming: incoming(output ?? {}) } : {},
};
