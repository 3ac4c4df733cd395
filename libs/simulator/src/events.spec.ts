import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@workflows/core';
import { runTests } from './run-tests.js';

/** Takes an order and tells the others of it. */
const SHOP: JsonObject = {
  dsl: '1.0',
  id: 'shop',
  name: 'Shop',
  triggers: [
    {
      id: 'ordered',
      type: 'event',
      name: 'order.placed',
      data: { type: 'object', properties: { total: { type: 'integer' } }, required: ['total'] },
    },
  ],
  start: 'tell',
  nodes: {
    tell: {
      type: 'emit',
      with: { name: 'order.paid', key: '{{ event.key }}', data: { total: '{{ event.data.total }}' } },
      next: 'done',
    },
    done: { type: 'end', with: {} },
  },
};

async function problemsOf(test: JsonObject) {
  const given = { trigger: 'ordered', now: '2026-03-02T14:00:00Z', event: { key: 'o-1', data: { total: 7 } } };
  const { problems, tests } = await runTests({ ...SHOP, tests: [{ name: 'a test', given, script: [], expect: {}, ...test }] });
  expect(problems).toEqual([]);
  return tests[0]?.problems.map(({ path, code }) => [path, code]);
}

describe('a test of events', () => {
  it('finds what was emitted among all of it, as far as it is named', async () => {
    const emitted: Json[] = [{ name: 'order.paid' }, { key: 'o-1', data: { total: 7 } }];
    expect(await problemsOf({ expect: { status: 'completed', emitted } })).toEqual([]);
  });

  it('fails at the event that was not emitted', async () => {
    expect(await problemsOf({ expect: { emitted: [{ name: 'order.paid' }, { name: 'order.paid', key: 'o-2' }] } })).toEqual([
      ['/tests/0/expect/emitted/1', 'test.failed'],
    ]);
  });

  it('fits the event that starts the run to the schema of its trigger', async () => {
    const given = { trigger: 'ordered', now: '2026-03-02T14:00:00Z', event: { data: { total: 'seven' } } };
    expect(await problemsOf({ given })).toEqual([['/tests/0/given/event/data/total', 'test.failed']]);
  });
});

/** Waits for the payment of its order, and asks twice what it is told. */
const PAYMENT: JsonObject = {
  dsl: '1.0',
  id: 'payment',
  name: 'Payment',
  triggers: [
    {
      id: 'ordered',
      type: 'call',
      contact: false,
      input: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
    },
  ],
  start: 'wait_large',
  nodes: {
    wait_large: {
      type: 'wait.event',
      with: { name: 'payment', key: '{{ event.input.id }}', match: 'incoming.data.total >= 10' },
      output: { type: 'object', properties: { total: { type: 'integer' } }, required: ['total'] },
      timeout: 'PT1H',
      next: 'wait_any',
      on: { timeout: 'unpaid' },
    },
    wait_any: {
      type: 'wait.event',
      with: { name: 'payment', key: '{{ event.input.id }}' },
      output: { type: 'object', properties: { total: { type: 'integer' } }, required: ['total'] },
      timeout: 'PT1H',
      next: 'paid',
      on: { timeout: 'unpaid' },
    },
    paid: { type: 'end', with: { output: '{{ steps.wait_any.data.total }}' } },
    unpaid: { type: 'end', with: { reason: 'unpaid' } },
  },
};

describe('a wait for an event', () => {
  const pay = (total: number, key = 'o-1') => ({ event: { name: 'payment', key, data: { total } } });

  async function play(script: Json[], expect: JsonObject) {
    const given = { trigger: 'ordered', now: '2026-03-02T14:00:00Z', event: { input: { id: 'o-1' } } };
    const { tests, problems } = await runTests({ ...PAYMENT, tests: [{ name: 'a test', given, script, expect }] });
    return [...problems, ...(tests[0]?.problems ?? [])];
  }

  it('takes the event that fits, and leaves the others to a later wait of the run', async () => {
    expect(
      await play([pay(3), pay(9, 'o-2'), { expect: { node: 'wait_large' } }, pay(12)], { status: 'completed', output: 3 }),
    ).toEqual([]);
  });

  it('takes each event once', async () => {
    expect(await play([pay(12), { expect: { node: 'wait_any' } }, pay(5)], { output: 5 })).toEqual([]);
  });

  it('ends by its time where nothing comes', async () => {
    expect(await play([pay(3), { advance: 'PT1H' }], { status: 'completed', reason: 'unpaid' })).toEqual([]);
  });
});
