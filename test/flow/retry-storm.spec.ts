import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, OPERATOR_KEY, type Tenant } from '../support/deployment.js';
import { Service } from '../support/service.js';

const RUNS = 200;
const ATTEMPTS = 5;

const notify = (url: string): JsonObject & { id: string } => ({
  dsl: '1.0',
  id: 'notify',
  name: 'Notify',
  triggers: [{ id: 'api', type: 'call', contact: false }],
  start: 'call',
  nodes: {
    call: {
      type: 'http.request',
      with: { method: 'PUT', url: `${url}/notify`, response: 'none' },
      retry: { maxAttempts: ATTEMPTS, interval: 'PT1S' },
      deadline: 'PT1H',
      next: 'done',
    },
    done: { type: 'end', with: { status: 'completed' } },
  },
});

interface Page {
  items: Array<{ id: string; status: string }>;
}

describe('a storm of retries', () => {
  const dead = new Service();
  const well = new Service();
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    const urls = [await dead.start(), await well.start()];
    deployment = await Deployment.create({ environment: { EGRESS_ALLOW_PRIVATE: `${dead.host},${well.host}` } });
    await deployment.start();
    const [notifyDead, notifyWell] = urls.map(notify);
    if (notifyDead === undefined || notifyWell === undefined) throw new Error('There are two services.');
    tenant = await deployment.tenant([notifyDead, { ...notifyWell, id: 'greet' }]);
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
    await Promise.all([dead.stop(), well.stop()]);
  }, 30_000);

  const start = async (workflow: string) =>
    (await tenant.rest.post<{ executionId: string }>('/v1/executions', { workflow, input: {} })).executionId;
  const until = (id: string, status: string) =>
    eventually(
      () => tenant.rest.get<{ status: string; error: { code: string } | null }>(`/v1/executions/${id}`),
      (run) => run.status === status,
      40_000,
    );
  const alive = async () => {
    const pages = await Promise.all(
      ['running', 'waiting'].map((status) => tenant.rest.get<Page>(`/v1/executions?workflow=notify&status=${status}&limit=100`)),
    );
    return pages.flatMap(({ items }) => items).length;
  };

  it('asks a service that is down a bounded number of times, holds up no other, and finds out that it is well again', async () => {
    dead.status = 503;
    const ids = await Promise.all(Array.from({ length: RUNS }, () => start('notify')));
    // Every retry falls due at once, again and again, until the last attempt of the last run is over.
    await eventually(
      async () => {
        await deployment.advance(60_000);
        return alive();
      },
      (count) => count === 0,
      40_000,
    );
    for (const id of ids.slice(0, 3)) expect((await until(id, 'failed')).error?.code).toMatch(/^(http\.503|network)$/);
    // Without a breaker it would be one for each attempt.
    expect(RUNS * ATTEMPTS).toBe(1_000);
    expect(dead.requests.length).toBeLessThan(100);

    await until(await start('greet'), 'completed');
    const metrics = await (
      await fetch(`${deployment.url}/v1/metrics`, { headers: { authorization: `Bearer ${OPERATOR_KEY}` } })
    ).text();
    expect(Number(/workflows_breaker_refusals_total (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(RUNS);

    dead.status = 200;
    const before = dead.requests.length;
    await until(await start('notify'), 'completed');
    expect(dead.requests.length - before).toBe(1);
  }, 120_000);
});
