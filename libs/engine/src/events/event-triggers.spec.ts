import { describe, expect, it } from '@jest/globals';
import { type CompiledTrigger, FINISHED_EVENT, type JsonObject, terminal } from '@workflows/core';
import type { ClaimedEvent } from '@workflows/ports';
import { eventFor } from './event-triggers.js';

function triggerOf(definition: CompiledTrigger['definition'], when?: CompiledTrigger['when']): CompiledTrigger {
  const session = { key: null, onActive: 'resume', debounceMs: 0, maxDebounceMs: 0 } as const;
  return { id: 'paid', type: 'event', definition, assign: {}, session, ...(when === undefined ? {} : { when }) };
}

const paid: ClaimedEvent = {
  tenantId: 't',
  id: 'e-1',
  name: 'order.paid',
  key: 'o-1',
  data: { total: 7, note: 'x' },
  source: { executionId: 'r-1', step: 3 },
  at: '2026-03-02T17:00:00.000Z',
  tries: 1,
};

describe('a trigger of type event', () => {
  it.each([
    ['order.paid', true],
    ['order.*', true],
    ['order', false],
    ['order.paid.*', false],
    ['orders.*', false],
    ['order.pai', false],
  ])('called %s takes order.paid: %s', (name, takes) => {
    expect(eventFor(paid, triggerOf({ name })) !== null).toBe(takes);
  });

  it('sees name, key, data and source, and an empty key where there is none', () => {
    const common = { id: 'e-1', trigger: 'paid', type: 'event', name: 'order.paid' };
    const trigger = triggerOf({ name: 'order.paid' });
    expect(eventFor(paid, trigger)).toEqual({ ...common, key: 'o-1', data: paid.data, source: 'execution:r-1' });
    expect(eventFor({ ...paid, key: null, source: { sender: 'api:shop' } }, trigger)).toMatchObject({
      key: '',
      source: 'api:shop',
    });
  });

  it('takes data that fits its schema, and drops what the schema does not know', () => {
    const schema = { type: 'object', properties: { total: { type: 'integer' } }, required: ['total'] };
    expect(eventFor(paid, triggerOf({ name: 'order.paid', data: schema }))).toMatchObject({ data: { total: 7 } });
    expect(eventFor({ ...paid, data: { total: 'seven' } }, triggerOf({ name: 'order.paid', data: schema }))).toBeNull();
  });

  it('takes nothing when its condition does not hold or cannot be computed', () => {
    const fails = () => {
      throw terminal('expr.failed', 'no such key');
    };
    expect(
      eventFor(
        paid,
        triggerOf({ name: 'order.paid' }, ({ event }) => event?.['key'] === 'o-1'),
      ),
    ).not.toBeNull();
    expect(
      eventFor(
        paid,
        triggerOf({ name: 'order.paid' }, () => false),
      ),
    ).toBeNull();
    expect(eventFor(paid, triggerOf({ name: 'order.paid' }, fails))).toBeNull();
  });

  it('is not taken for one of another type', () => {
    expect(eventFor(paid, { ...triggerOf({ name: 'order.paid' }), type: 'webhook' })).toBeNull();
  });
});

describe('a trigger of type workflow.finished', () => {
  const ended: ClaimedEvent = {
    ...paid,
    name: FINISHED_EVENT,
    key: null,
    data: { workflow: 'lead', version: 2, runId: 'r-1', contactId: 'c-1', status: 'completed', reason: '', output: { score: 7 } },
  };
  const finished = (definition: JsonObject) => ({ ...triggerOf(definition), type: 'workflow.finished' });
  const output = { type: 'object', properties: { score: { type: 'integer' } }, required: ['score'] };

  it('sees how a run of its workflow has ended', () => {
    expect(eventFor(ended, finished({ workflow: 'lead', statuses: ['completed'] }))).toEqual({
      id: 'e-1',
      trigger: 'paid',
      type: 'workflow.finished',
      ...{ workflow: 'lead', version: 2, runId: 'r-1', contactId: 'c-1', status: 'completed', reason: '', output: { score: 7 } },
    });
  });

  it.each([
    ['another workflow', { workflow: 'order', statuses: ['completed'] }],
    ['another status', { workflow: 'lead', statuses: ['failed', 'cancelled'] }],
    [
      'an output that does not fit',
      {
        workflow: 'lead',
        statuses: ['completed'],
        output: { ...output, required: ['score', 'name'], properties: { score: { type: 'integer' }, name: { type: 'string' } } },
      },
    ],
  ])('takes nothing of %s', (_what, definition) => {
    expect(eventFor(ended, finished(definition))).toBeNull();
  });

  it('is the only one that hears of it', () => {
    expect(eventFor(ended, triggerOf({ name: FINISHED_EVENT }))).toBeNull();
    expect(eventFor(paid, finished({ workflow: 'lead', statuses: ['completed'], output }))).toBeNull();
  });
});
