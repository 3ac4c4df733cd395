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
