import type { Json, JsonObject } from '@workflows/core';
import { send, spoken, type Workflow } from '../support/spoken.js';
import { called, ends } from './author.js';

const text = { type: 'string' };

const startedBy = (id: string, trigger: JsonObject, output: Json, more: JsonObject = {}): Workflow =>
  called(id, { end: ends(output) }, { triggers: [{ id: 'start', ...trigger }], vars: { seen: text }, ...more });
const hook = (id: string, trigger: JsonObject, output: Json = '{{ event.body }}') =>
  startedBy(id, { type: 'webhook', auth: { type: 'none' }, response: { mode: 'sync', timeout: 'PT20S' }, ...trigger }, output);
const signed = (encoding: string): JsonObject => ({
  auth: { type: 'hmac', secret: 'shop', header: 'x-signature', algorithm: 'sha256', encoding },
});

/** A condition over rows for each comparison there is. */
export const COMPARISONS: Record<string, JsonObject> = {
  eq: { stock: { eq: 2 } },
  ne: { stock: { ne: 2 } },
  lt: { stock: { lt: 2 } },
  lte: { stock: { lte: 2 } },
  gt: { stock: { gt: 2 } },
  gte: { stock: { gte: 2 } },
  in: { stock: { in: [1, 3] } },
};
const audience = (where: JsonObject): JsonObject => ({ table: 'lamps', where, maxRuns: 10, perMinute: 6000 });
const clock = (id: string, more: JsonObject) =>
  startedBy(
    id,
    {
      type: 'schedule',
      cron: '30 * * * *',
      timezone: 'UTC',
      catchUp: 'latest',
      assign: { 'vars.seen': '{{ event.slot }}' },
      ...more,
    },
    { slot: '{{ vars.?seen.orValue("-") }}', ...(more['audience'] === undefined ? {} : { row: '{{ event.?row }}' }) },
  );

/** Each started by a trigger with a field of interest, and ending with what the test wants to know. */
export function triggered(): Workflow[] {
  const order = { type: 'object', required: ['order'], properties: { order: text } };
  const options = ['lamp', 'other'].map((id) => ({ id, title: id }));
  return [
    hook('signed-hex', signed('hex')),
    hook('signed-base64', signed('base64')),
    ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) =>
      hook(`on-${method.toLowerCase()}`, { method }, { method: '{{ event.method }}' }),
    ),
    hook(
      'checked',
      {
        body: order,
        when: 'event.body.order != "none"',
        assign: { 'vars.seen': '{{ event.body.order }} of {{ run.workflow }}' },
      },
      { seen: '{{ vars.seen }}' },
    ),
    called(
      'orders',
      { nap: { type: 'wait.for', with: { duration: 'PT10M' } }, end: ends(null) },
      {
        triggers: [
          {
            id: 'start',
            type: 'webhook',
            auth: { type: 'none' },
            response: { mode: 'async' },
            session: { key: '{{ event.body.order }}', onActive: 'ignore' },
          },
        ],
      },
    ),
    startedBy(
      'on-event',
      { type: 'event', name: 'order.*', data: order, assign: { 'vars.seen': '{{ event.data.order }}' } },
      { seen: '{{ vars.seen }}' },
    ),
    spoken(
      'menu',
      { tell: send({ text: '{{ vars.seen }}', options }) },
      {
        vars: { seen: text },
        triggers: [
          {
            id: 'word',
            type: 'channel.message',
            channels: ['whatsapp'],
            keywords: ['menu'],
            assign: { 'vars.seen': '{{ contact.firstName }} said {{ event.text }}' },
          },
        ],
      },
    ),
    spoken(
      'lamp',
      { tell: send({ text: '{{ vars.seen }}' }), nap: { type: 'wait.for', with: { duration: 'PT1H' } } },
      {
        vars: { seen: text },
        triggers: [
          {
            id: 'tap',
            type: 'channel.postback',
            channels: ['whatsapp'],
            when: 'event.payload == "lamp"',
            assign: { 'vars.seen': '{{ event.payload }} by {{ event.channel }}' },
            session: { key: 'contact', onActive: 'ignore' },
          },
        ],
      },
    ),
    called(
      'work',
      {
        how: { type: 'switch', cases: [{ when: 'event.input.fail', next: 'bad' }], default: 'end' },
        bad: { type: 'end', with: { status: 'failed', output: { phone: '{{ event.input.phone }}' } } },
        end: ends({ phone: '{{ event.input.phone }}' }),
      },
      {
        triggers: [
          {
            id: 'api',
            type: 'call',
            contact: false,
            input: { type: 'object', required: ['fail', 'phone'], properties: { fail: { type: 'boolean' }, phone: text } },
          },
        ],
      },
    ),
    startedBy(
      'after-work',
      {
        type: 'workflow.finished',
        workflow: 'work',
        statuses: ['completed', 'failed'],
        output: { type: 'object', properties: { phone: text } },
        assign: { 'vars.seen': '{{ event.status }}' },
        contact: { connection: 'main', address: "{{ event.output.?phone.orValue('') }}", name: 'Worker' },
        session: { key: '{{ event.runId }}', onActive: 'queue' },
      },
      { seen: '{{ vars.seen }}', name: '{{ contact.name }}', phone: '{{ event.output.?phone }}' },
    ),
    ...Object.entries(COMPARISONS).map(([operator, where]) => clock(`where-${operator}`, { audience: audience(where) })),
    clock('jitter', { jitter: 'PT1M', session: { key: 'one', onActive: 'ignore' } }),
  ];
}
