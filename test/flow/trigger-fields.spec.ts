import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import { COMPARISONS, triggered } from './trigger-workflows.js';

const SECRET = 'the-secret-of-the-shop';
const HOUR = 3_600_000;
describe('a trigger', () => {
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    const columns = { type: 'object', properties: { stock: { type: 'integer' } } };
    tenant = await deployment.tenant([], undefined, { lamps: columns });
    await tenant.rest.put('/v1/secrets/shop', { value: SECRET });
    for (const stock of [1, 2, 3]) await tenant.rest.put(`/v1/tables/lamps/rows/row${stock}`, { value: { stock } });
    for (const workflow of triggered()) {
      await tenant.rest.put(`/v1/workflows/${workflow.id}`, workflow);
      await tenant.rest.post(`/v1/workflows/${workflow.id}/publish`, {});
    }
  }, 60_000);

  afterAll(() => deployment.close(), 30_000);

  interface Run {
    id: string;
    status: string;
    reason: string | null;
    contactId: string | null;
    output: JsonObject | null;
  }
  /** The runs of a workflow, the oldest first, once so many have ended. */
  async function runsOf(workflow: string, count: number): Promise<Run[]> {
    const { items } = await eventually(
      () => tenant.rest.get<{ items: Run[] }>(`/v1/executions?workflow=${workflow}`),
      (page) => page.items.length >= count && page.items.every(({ status }) => !['running', 'waiting'].includes(status)),
    );
    return Promise.all(items.reverse().map(({ id }) => tenant.rest.get<Run>(`/v1/executions/${id}`)));
  }

  async function knock(workflow: string, method: string, body?: string, headers: Record<string, string> = {}) {
    const { items } = await tenant.rest.get<{ items: Array<{ path: string }> }>(`/v1/workflows/${workflow}/webhooks`);
    const response = await fetch(`${deployment.url}${items[0]?.path ?? ''}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, json: (await response.json().catch(() => null)) as JsonObject };
  }

  it.each(['hex', 'base64'] as const)('takes signatures in %s', async (encoding) => {
    const body = '{"a": 1}';
    const signature = createHmac('sha256', SECRET).update(body).digest(encoding);
    expect(await knock(`signed-${encoding}`, 'POST', body, { 'x-signature': signature })).toEqual({
      status: 200,
      json: { a: 1 },
    });
    const other = createHmac('sha256', SECRET)
      .update(body)
      .digest(encoding === 'hex' ? 'base64' : 'hex');
    expect((await knock(`signed-${encoding}`, 'POST', body, { 'x-signature': other })).status).toBe(401);
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('on %s takes that method alone', async (method) => {
    const id = `on-${method.toLowerCase()}`;
    expect(await knock(id, method, method === 'GET' ? undefined : '{}')).toEqual({ status: 200, json: { method } });
    expect((await knock(id, method === 'PUT' ? 'POST' : 'PUT', '{}')).status).toBe(405);
  });

  it('checks what it is sent, asks its condition, and keeps what it is told to keep', async () => {
    expect(await knock('checked', 'POST', '{"order": "x", "other": 1}')).toEqual({ status: 200, json: { seen: 'x of checked' } });
    expect((await knock('checked', 'POST', '{"order": 1}')).status).toBe(422);
    expect((await knock('checked', 'POST', '{"order": "none"}')).status).toBe(202);
    expect((await runsOf('checked', 1)).map(({ status }) => status)).toEqual(['completed']);
  });

  it('answers before the run is over where nobody waits for it, and has one run for each session', async () => {
    const [first, second, other] = [
      await knock('orders', 'POST', '{"order": "a"}'),
      await knock('orders', 'POST', '{"order": "a"}'),
      await knock('orders', 'POST', '{"order": "b"}'),
    ];
    expect([first, second, other].map(({ status }) => status)).toEqual([202, 202, 202]);
    await deployment.advance(HOUR);
    const runs = await runsOf('orders', 3);
    expect(runs.map(({ status, reason }) => [status, reason])).toEqual([
      ['completed', null],
      ['cancelled', 'session.ignored'],
      ['completed', null],
    ]);
  }, 60_000);

  it('on events and messages keeps what it is told to keep', async () => {
    await tenant.rest.post('/v1/events', { name: 'order.paid', data: { order: 'x' } });
    expect((await runsOf('on-event', 1)).map(({ output }) => output)).toEqual([{ seen: 'x' }]);
    const waId = '5511960000001';
    await deployment.emulator.say(waId, { text: 'menu', name: 'Ana' });
    expect((await deployment.sentTo(waId, 1)).at(-1)?.text).toBe('Ana said menu');
    await deployment.emulator.say(waId, { tap: { option: 'lamp' } });
    expect((await deployment.sentTo(waId, 2)).at(-1)?.text).toBe('lamp by whatsapp');
    // Its session goes on, and the condition of the other option does not hold.
    for (const option of ['lamp', 'other']) await deployment.emulator.say(waId, { tap: { option } });
    await deployment.emulator.idle();
    expect(await deployment.sentTo(waId, 3, 1_000)).toHaveLength(2);
  }, 60_000);

  it('on the end of other runs knows their output, and may bind a contact', async () => {
    const { rest } = tenant;
    await rest.post('/v1/executions', { workflow: 'work', input: { phone: '+5511960000002', fail: true } });
    await rest.post('/v1/executions', { workflow: 'work', input: { phone: '+5511960000002', fail: false } });
    const runs = await runsOf('after-work', 2);
    expect(runs.map(({ output }) => output).sort((a, b) => (String(a?.['seen']) < String(b?.['seen']) ? -1 : 1))).toEqual([
      { seen: 'completed', name: 'Worker', phone: '+5511960000002' },
      { seen: 'failed', name: 'Worker', phone: '+5511960000002' },
    ]);
    expect(runs.every(({ contactId }) => contactId !== null)).toBe(true);
  }, 60_000);

  it('on a schedule starts runs for the rows that fit, within its jitter, and none while its session lives', async () => {
    await deployment.advance(2 * HOUR);
    const rows = async (id: string, count: number) =>
      (await runsOf(id, count)).map(({ output }) => (output?.['row'] as JsonObject)['id']).sort();
    expect(await rows('where-eq', 1)).toContain('row2');
    const found = await Promise.all(
      Object.keys(COMPARISONS).map(async (operator) => [operator, [...new Set(await rows(`where-${operator}`, 1))]]),
    );
    expect(Object.fromEntries(found)).toEqual({
      eq: ['row2'],
      ne: ['row1', 'row3'],
      lt: ['row1'],
      lte: ['row1', 'row2'],
      gt: ['row3'],
      gte: ['row2', 'row3'],
      in: ['row1', 'row3'],
    });
    const [first] = await runsOf('jitter', 1);
    expect(first?.output?.['slot']).toMatch(/:30:00/);
  }, 60_000);
});
