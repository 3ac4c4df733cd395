import { describe, expect, it } from '@jest/globals';
import { LANGUAGE_TRIGGER_TYPES } from '../definition/triggers.js';
import type { JsonObject } from '../json.js';
import type { TenantContext } from './tenant-context.js';
import { nodeTypes } from './__fixtures__/node-types.js';
import { compile } from './compile.js';

const BOUND: JsonObject = { connection: 'shop', address: '+5511999990000' };

/** A trigger of each type, and an expression over everything that its event has. */
const TRIGGERS: Record<string, { trigger: JsonObject; reads: string }> = {
  'channel.message': {
    trigger: { channels: ['whatsapp'] },
    reads: "event.channel + event.kind + event.text + event.?quotedId.orValue('')",
  },
  'channel.postback': {
    trigger: { channels: ['whatsapp', 'instagram'], payloads: ['menu.*'], priority: 1 },
    reads: 'event.channel + event.payload + event.title',
  },
  'channel.comment': {
    trigger: { channels: ['instagram'], media: ['178'], keywords: ['price'] },
    reads: "event.channel + event.text + event.commentId + event.mediaId + event.?username.orValue('')",
  },
  'channel.story': {
    trigger: { channels: ['instagram'], kinds: ['reply'] },
    reads: "event.channel + event.kind + event.text + event.?storyId.orValue('')",
  },
  'channel.status': {
    trigger: { statuses: ['failed'] },
    reads: "event.messageId + event.status + event.?runId.orValue('') + event.?errorCode.orValue('')",
  },
  webhook: {
    trigger: { auth: { type: 'token', secret: 's', header: 'x-token' }, body: { type: 'object', properties: {} } },
    reads: 'event.method + event.at',
  },
  schedule: {
    trigger: {
      cron: '*/15 9-17 * * mon-fri',
      timezone: 'Europe/Berlin',
      audience: { table: 'orders', where: { day: "{{ date(event.slot, 'UTC') }}" }, maxRuns: 10, perMinute: 5 },
      contact: { connection: 'shop', address: '{{ event.row.phone }}' },
    },
    reads: "date(event.slot, 'UTC') + string(event.row.id)",
  },
  event: {
    trigger: {
      name: 'order.*',
      data: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
      contact: BOUND,
    },
    reads: 'event.name + event.key + event.data.id + event.source',
  },
  call: { trigger: { input: { type: 'string' } }, reads: 'event.input' },
  'workflow.finished': {
    trigger: { workflow: 'lead-form', statuses: ['completed', 'failed'], output: { type: 'string' } },
    reads:
      "event.workflow + string(event.version) + event.runId + event.status + event.reason + event.output + event.?contactId.orValue('')",
  },
};

function problemsOf(
  trigger: JsonObject,
  output: string,
  triggerTypes?: readonly string[],
  context: TenantContext = {},
): string[] {
  const document: JsonObject = {
    dsl: '1.0',
    id: 'small',
    name: 'Small',
    triggers: [{ id: 'in', ...trigger }],
    start: 'end_done',
    nodes: { end_done: { type: 'end', with: { output } } },
  };
  return compile(document, { nodeTypes, context, ...(triggerTypes ? { triggerTypes } : {}) }).problems.map(
    ({ code, path }) => `${code} ${path}`,
  );
}

describe('triggers', () => {
  it.each([...LANGUAGE_TRIGGER_TYPES])('know what the event of a %s has', (type) => {
    const { trigger = {}, reads = '' } = TRIGGERS[type] ?? {};
    expect(problemsOf({ type, ...trigger }, `{{ ${reads} }}`, LANGUAGE_TRIGGER_TYPES)).toEqual([]);
    expect(problemsOf({ type, ...trigger }, '{{ event.nothing }}', LANGUAGE_TRIGGER_TYPES)).toEqual([
      'ref.unknown_field /nodes/end_done/with/output',
    ]);
  });

  it.each([...LANGUAGE_TRIGGER_TYPES])('of type %s take no unknown field', (type) => {
    expect(problemsOf({ type, ...TRIGGERS[type]?.trigger, surprise: 1 }, 'x', LANGUAGE_TRIGGER_TYPES)).toEqual([
      'shape.invalid /triggers/0/surprise',
    ]);
  });

  it('that the caller cannot start runs by are refused by name, after everything else was judged', () => {
    expect(problemsOf({ type: 'event', name: 'order.paid' }, '{{ event.nam }}', ['call'])).toEqual([
      'shape.node_type /triggers/0/type',
      'ref.unknown_field /nodes/end_done/with/output',
    ]);
  });

  it('of a schedule have a row only where there is an audience', () => {
    const schedule = { type: 'schedule', cron: '0 9 * * *', timezone: 'tenant' };
    expect(problemsOf(schedule, '{{ event.row }}', LANGUAGE_TRIGGER_TYPES)).toEqual([
      'ref.unknown_field /nodes/end_done/with/output',
    ]);
  });

  it.each([
    ['0 9 * * *', true],
    ['*/5 0-23/2 1,15 jan-mar SUN', true],
    ['0 9 * *', false],
    ['60 9 * * *', false],
    ['0 24 * * *', false],
    ['0 9 0 * *', false],
    ['0 9 * 13 *', false],
    ['0 9 * * 8', false],
    ['0 9 * * fri-mon', false],
    ['*/0 9 * * *', false],
    ['@daily', false],
    ['0  9 * * *', false],
  ])('take the cron expression %s: %p', (cron, good) => {
    expect(problemsOf({ type: 'schedule', cron, timezone: 'UTC' }, 'x', LANGUAGE_TRIGGER_TYPES)).toEqual(
      good ? [] : ['shape.invalid /triggers/0/cron'],
    );
  });

  it.each([
    ['0 9 31 2 *', '/triggers/0/cron'],
    ['0 9 31 4,6,9,11 *', '/triggers/0/cron'],
    ['0 9 29 2 *', null],
  ])('of a schedule that never fires are refused: %s', (cron, path) => {
    expect(problemsOf({ type: 'schedule', cron, timezone: 'UTC' }, 'x')).toEqual(path ? [`limit.schedule ${path}`] : []);
  });

  it.each([
    ['0 * * * *', 'PT30M', true],
    ['0 * * * *', 'PT30M1S', false],
    ['0,10 9 * * *', 'PT5M', true],
    ['0,10 9 * * *', 'PT6M', false],
    ['0 9 * * *', 'PT11H', true],
  ])('of a schedule %s may be late by %s: %p', (cron, jitter, good) => {
    expect(problemsOf({ type: 'schedule', cron, jitter, timezone: 'Europe/Berlin' }, 'x')).toEqual(
      good ? [] : ['limit.schedule /triggers/0/jitter'],
    );
  });

  it('of an audience name columns that its table has, and comparisons that there are', () => {
    const schedule = (where: JsonObject): JsonObject => ({
      type: 'schedule',
      cron: '0 9 * * *',
      timezone: 'UTC',
      audience: { table: 'orders', where, maxRuns: 10, perMinute: 5 },
    });
    const tables = { orders: { type: 'object', properties: { day: { type: 'string' }, total: { type: 'integer' } } } } as const;
    const problems = (where: JsonObject) => problemsOf(schedule(where), 'x', undefined, { tables });
    expect(problems({ day: "{{ date(event.slot, 'UTC') }}", total: { gte: 5 } })).toEqual([]);
    expect(problems({ dya: 'x' })).toEqual(['ref.unknown_field /triggers/0/audience/where/dya']);
    expect(problems({ total: { gte: 'many' } })).toEqual(['expr.type /triggers/0/audience/where/total/gte']);
    expect(problems({ total: { above: 5 } })).toContain('shape.invalid /triggers/0/audience/where/total/above');
  });
});
