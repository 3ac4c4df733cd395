import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import { Service } from '../support/service.js';

/** Books something by a service, and asks when that has gone well. */
const trip = (url: string): JsonObject & { id: string } => ({
  dsl: '1.0',
  id: 'trip',
  name: 'Trip',
  triggers: [{ id: 'keyword', type: 'channel.message', channels: ['whatsapp'], keywords: ['trip'] }],
  start: 'book',
  nodes: {
    book: { type: 'http.request', with: { method: 'PUT', url: `${url}/trips` }, next: 'ask' },
    ask: {
      type: 'message.ask',
      with: { text: 'Where to?', expect: { kind: 'text' } },
      timeout: 'P1D',
      next: 'done',
      on: { timeout: 'done', exhausted: 'done' },
    },
    done: { type: 'end', with: { status: 'completed' } },
  },
});

describe('a failed run whose contact has begun the workflow anew', () => {
  const customer = '5511977770101';
  const service = new Service();
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    const url = await service.start();
    deployment = await Deployment.create({ environment: { EGRESS_ALLOW_PRIVATE: service.host } });
    await deployment.start();
    tenant = await deployment.tenant([trip(url)]);
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
    await service.stop();
  }, 30_000);

  const runs = () => tenant.rest.get<{ items: Array<{ id: string; status: string }> }>('/v1/executions?workflow=trip');
  const newest = (status: string) =>
    eventually(
      async () => (await runs()).items[0],
      (run) => run?.status === status,
    ).then((run) => run?.id ?? '');

  it('is refused with the run that has the session, and comes back when that one has ended', async () => {
    service.status = 422;
    await deployment.emulator.say(customer, { text: 'trip' });
    const failed = await newest('failed');
    service.status = 200;
    await deployment.emulator.say(customer, { text: 'trip' });
    const successor = await newest('waiting');
    expect(successor).not.toBe(failed);

    const order = (what: string, body: JsonObject, headers = {}) =>
      tenant.rest.post(`/v1/executions/${failed}/${what}`, body, headers);
    const key = { 'idempotency-key': 'retry-1' };
    const refused = new RegExp(`409.*${successor}.*order\\.session`);
    await expect(order('retry', {}, key)).rejects.toThrow(refused);
    // To skip the step that failed would bring it back as well.
    await expect(order('skip', { node: 'book' })).rejects.toThrow(refused);
    const { items } = await tenant.rest.get<{ items: unknown[] }>(`/v1/audit?target=execution:${failed}`);
    expect(items).toEqual([]);

    await tenant.rest.post(`/v1/executions/${successor}/cancel`, { reason: 'mistaken' });
    await eventually(
      () => tenant.rest.get<{ status: string }>(`/v1/executions/${successor}`),
      ({ status }) => status === 'cancelled',
    );
    await order('retry', {}, key);
    await eventually(
      () => tenant.rest.get<{ status: string }>(`/v1/executions/${failed}`),
      ({ status }) => status === 'waiting',
    );
  }, 60_000);
});
