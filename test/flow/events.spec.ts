import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import { type EngineProcess, freePort, startEngine } from '../support/engine-process.js';

type Workflow = JsonObject & { id: string };

const CUSTOMER = '5511987650001';

/** Emits an event for each order of its input. */
const shop: Workflow = {
  dsl: '1.0',
  id: 'shop',
  name: 'Shop',
  triggers: [
    {
      id: 'sold',
      type: 'call',
      contact: false,
      input: {
        type: 'object',
        properties: {
          orders: {
            type: 'array',
            items: {
              type: 'object',
              properties: { id: { type: 'string' }, phone: { type: 'string' } },
              required: ['id', 'phone'],
            },
          },
        },
        required: ['orders'],
      },
    },
  ],
  start: 'each_order',
  nodes: {
    each_order: {
      type: 'foreach',
      with: { items: '{{ event.input.orders }}', maxItems: 100, concurrency: 5 },
      body: 'tell',
      join: 'told',
    },
    tell: {
      type: 'emit',
      with: { name: 'order.paid', key: '{{ each.item.id }}', data: { phone: '{{ each.item.phone }}' } },
      next: 'told',
    },
    told: { type: 'join', with: { collect: '{{ steps.tell.eventId }}' }, next: 'done' },
    done: { type: 'end', with: { output: '{{ steps.told.items }}' } },
  },
};

/** Thanks the customer whom the event names. */
const thanks: Workflow = {
  dsl: '1.0',
  id: 'thanks',
  name: 'Thanks',
  triggers: [
    {
      id: 'paid',
      type: 'event',
      name: 'order.*',
      when: "event.data.phone != ''",
      data: { type: 'object', properties: { phone: { type: 'string' } }, required: ['phone'] },
      contact: { connection: 'main', address: '{{ event.data.phone }}' },
    },
  ],
  start: 'thank',
  nodes: {
    thank: {
      type: 'message.template',
      with: { name: 'thanks', language: 'en', category: 'utility', params: { order: '{{ event.key }}' } },
      next: 'done',
    },
    done: { type: 'end', with: { output: { name: '{{ event.name }}', key: '{{ event.key }}', source: '{{ event.source }}' } } },
  },
};

/** Waits for two payments of an order, of which the first is large. */
const payments: Workflow = {
  dsl: '1.0',
  id: 'payments',
  name: 'Payments',
  triggers: [
    {
      id: 'opened',
      type: 'call',
      contact: false,
      input: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
    },
  ],
  start: 'large',
  nodes: {
    large: {
      type: 'wait.event',
      with: { name: 'order.payment', key: '{{ event.input.order }}', match: 'incoming.data.amount >= 100' },
      output: { type: 'object', properties: { amount: { type: 'integer' } }, required: ['amount'] },
      timeout: 'P1D',
      next: 'rest',
      on: { timeout: 'unpaid' },
    },
    rest: {
      type: 'wait.event',
      with: { name: 'order.payment', key: '{{ event.input.order }}' },
      output: { type: 'object', properties: { amount: { type: 'integer' } }, required: ['amount'] },
      timeout: 'P1D',
      next: 'paid',
      on: { timeout: 'unpaid' },
    },
    paid: { type: 'end', with: { output: ['{{ steps.large.data.amount }}', '{{ steps.rest.data.amount }}'] } },
    unpaid: { type: 'end', with: { reason: 'unpaid' } },
  },
};

/** Pays: each run emits one payment. */
const pay: Workflow = {
  dsl: '1.0',
  id: 'pay',
  name: 'Pay',
  triggers: [
    {
      id: 'paid',
      type: 'call',
      contact: false,
      input: {
        type: 'object',
        properties: { order: { type: 'string' }, amount: { type: 'integer' } },
        required: ['order', 'amount'],
      },
    },
  ],
  start: 'tell',
  nodes: {
    tell: {
      type: 'emit',
      with: { name: 'order.payment', key: '{{ event.input.order }}', data: { amount: '{{ event.input.amount }}' } },
      next: 'done',
    },
    done: { type: 'end', with: {} },
  },
};

/** Looks at every end of `payments`, with the contact where there is one. */
const audit: Workflow = {
  dsl: '1.0',
  id: 'audit',
  name: 'Audit',
  triggers: [
    {
      id: 'paid',
      type: 'workflow.finished',
      workflow: 'payments',
      statuses: ['completed', 'cancelled'],
      when: "event.reason != 'unpaid'",
    },
  ],
  start: 'done',
  nodes: {
    done: {
      type: 'end',
      with: { output: { run: '{{ event.runId }}', status: '{{ event.status }}', amounts: '{{ event.output }}' } },
    },
  },
};

interface Execution {
  id: string;
  status: string;
  output: JsonObject | number[] | null;
  reason: string | null;
}

describe('events', () => {
  let deployment: Deployment;
  let tenant: Tenant;
  let second: EngineProcess;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    await deployment.emulator.registerTemplate({
      name: 'thanks',
      language: 'en',
      category: 'utility',
      body: 'Thanks for {{order}}.',
    });
    tenant = await deployment.tenant([shop, thanks, payments, pay, audit]);
    // A second process that does the same work: whatever it takes up must not be done twice.
    second = await startEngine({ ...deployment.environment, PORT: String(await freePort()) });
  }, 60_000);

  afterAll(async () => {
    await second.kill();
    await deployment.close();
  }, 30_000);

  async function sell(orders: Array<{ id: string; phone: string }>): Promise<Execution> {
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', {
      workflow: 'shop',
      input: { orders },
    });
    return eventually(
      () => tenant.rest.get<Execution>(`/v1/executions/${executionId}`),
      ({ status }) => status === 'completed',
    );
  }

  async function thanked(count: number): Promise<Execution[]> {
    const { items } = await eventually(
      () => tenant.rest.get<{ items: Execution[] }>('/v1/executions?workflow=thanks&limit=200'),
      (page) => page.items.length >= count && page.items.every(({ status }) => status === 'completed'),
    );
    return items;
  }

  it('start a run with the contact that they name, and tell it what they carry', async () => {
    await deployment.emulator.say(CUSTOMER, { text: 'hello', name: 'Ana' });
    const sold = await sell([{ id: 'o-1', phone: `+${CUSTOMER}` }]);
    const [run] = await thanked(1);
    const { output } = await tenant.rest.get<Execution>(`/v1/executions/${run?.id ?? ''}`);
    expect(output).toEqual({ name: 'order.paid', key: 'o-1', source: `execution:${sold.id}` });
    const [message] = await deployment.sentTo(CUSTOMER, 1);
    expect(message).toMatchObject({ text: 'Thanks for o-1.' });
  }, 60_000);

  it('start nothing where the condition, the schema or the contact does not allow it, and hold up no other', async () => {
    await sell([
      { id: 'o-2', phone: '' },
      { id: 'o-3', phone: 'nobody' },
      { id: 'o-4', phone: `+${CUSTOMER}` },
    ]);
    expect(await thanked(2)).toHaveLength(2);
  }, 60_000);

  it('start each run once, with two processes at work', async () => {
    const orders = Array.from({ length: 40 }, (_, index) => ({ id: `p-${index}`, phone: `+55119877${String(10_000 + index)}` }));
    await sell(orders);
    await thanked(42);
    expect(
      await deployment.database.admin.query(
        'select count(*)::int as open from workflows.tenant_events where dispatched_at is null',
      ),
    ).toMatchObject({ rows: [{ open: 0 }] });
    expect(await thanked(42)).toHaveLength(42);
  }, 60_000);

  async function start(workflow: string, input: JsonObject): Promise<string> {
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', { workflow, input });
    return executionId;
  }

  async function ended(id: string): Promise<Execution> {
    return eventually(
      () => tenant.rest.get<Execution>(`/v1/executions/${id}`),
      ({ status }) => status === 'completed',
    );
  }

  const waiting = async (count: number): Promise<unknown> =>
    eventually(
      async () => (await deployment.database.admin.query('select execution_id, key from workflows.event_waits')).rows,
      (rows) => rows.length === count,
    );

  it('let the run go on that waits for them, with what they carry, each event once', async () => {
    const order = await start('payments', { order: 'w-1' });
    await waiting(1);
    await ended(await start('pay', { order: 'w-1', amount: 5 }));
    await ended(await start('pay', { order: 'w-2', amount: 500 }));
    await ended(await start('pay', { order: 'w-1', amount: 300 }));
    expect((await ended(order)).output).toEqual([300, 5]);
    await waiting(0);
  }, 60_000);

  it('are not missed by runs that begin to wait while they come', async () => {
    const orders = Array.from({ length: 20 }, (_, index) => `r-${index}`);
    const runs = await Promise.all(orders.map((order) => start('payments', { order })));
    await Promise.all(orders.flatMap((order) => [start('pay', { order, amount: 100 }), start('pay', { order, amount: 200 })]));
    const amounts = await Promise.all(runs.map(async (id) => (await ended(id)).output));
    for (const output of amounts) expect([...(Array.isArray(output) ? output : [])].sort()).toEqual([100, 200]);
    await waiting(0);
  }, 60_000);

  it('leave a run that they do not concern to its time, and its wait goes with it', async () => {
    const [order, cancelled] = [await start('payments', { order: 't-1' }), await start('payments', { order: 't-2' })];
    await waiting(2);
    await tenant.rest.post(`/v1/executions/${cancelled}/cancel`, { reason: 'test' });
    await waiting(1);
    await deployment.advance(86_400_000);
    expect((await ended(order)).reason).toBe('unpaid');
    await waiting(0);
  }, 60_000);

  it('come from outside, once for each idempotency key, and are shown', async () => {
    const order = await start('payments', { order: 'x-1' });
    const payment = { name: 'order.payment', key: 'x-1', data: { amount: 120 } };
    const emit = (key: string) =>
      tenant.rest.post<{ eventId: string; repeated: boolean }>('/v1/events', payment, { 'idempotency-key': key });
    const first = await emit('one');
    expect(await emit('one')).toEqual({ eventId: first.eventId, repeated: true });
    const second = await emit('two');
    expect((await ended(order)).output).toEqual([120, 120]);
    const { items } = await tenant.rest.get<{ items: JsonObject[] }>('/v1/events?name=order.payment&key=x-1');
    expect(items.map(({ id }) => id)).toEqual([second.eventId, first.eventId]);
    expect(await tenant.rest.get(`/v1/events/${first.eventId}`)).toMatchObject({ ...payment, source: { sender: 'key:test' } });
    await expect(tenant.rest.post('/v1/events', { name: '$workflow.finished' })).rejects.toThrow('400');
  }, 60_000);

  it('tell of the end of each run to the workflow that wants to know, once, and to no user', async () => {
    const before = (await tenant.rest.get<{ items: Execution[] }>('/v1/executions?workflow=payments&limit=200')).items;
    const heard = before.filter(({ status, reason }) => status === 'cancelled' || reason !== 'unpaid');
    const audits = await eventually(
      async () => (await tenant.rest.get<{ items: Execution[] }>('/v1/executions?workflow=audit&limit=200')).items,
      (items) => items.length >= heard.length && items.every(({ status }) => status === 'completed'),
    );
    const outputs = await Promise.all(
      audits.map(async ({ id }) => (await tenant.rest.get<{ output: { run: string } }>(`/v1/executions/${id}`)).output),
    );
    expect(outputs.map(({ run }) => run).sort()).toEqual(heard.map(({ id }) => id).sort());
    const { items } = await tenant.rest.get<{ items: Array<{ name: string }> }>('/v1/events?limit=200');
    expect(items.filter(({ name }) => name.startsWith('$'))).toEqual([]);
  }, 60_000);
});
