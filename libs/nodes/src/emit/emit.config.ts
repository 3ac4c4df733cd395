import { type DataSchema, EVENT_NAME_PATTERN, type NodeTypeSpec, text, value } from '@workflows/core';
import { z } from 'zod';

/** The name of an event: words with dots between them. */
export const eventName = () => z.string().regex(EVENT_NAME_PATTERN, 'The name of an event, such as order.paid');

const config = z.strictObject({
  name: eventName().describe('Name of the event, such as order.paid; triggers and waits look for it'),
  key: text().describe('What the event is about, such as the id of an order; wait.event looks for it').optional(),
  data: value().describe('What the event carries').optional(),
});

export type EmitConfig = z.infer<typeof config>;

const EMITTED: DataSchema = {
  type: 'object',
  properties: { eventId: { type: 'string', description: 'Id of the event; runs that it starts have it as event.id' } },
  required: ['eventId'],
};

export const emitSpec: NodeTypeSpec<EmitConfig> = {
  type: 'emit',
  typeVersion: 1,
  title: 'Emit an event',
  description:
    'Tells the other workflows of the tenant that something has happened. Runs that wait for it go on, triggers start.',
  group: 'activities',
  category: 'activity',
  config,
  hasNext: true,
  ports: () => [],
  output: () => EMITTED,
  primary: 'eventId',
};
