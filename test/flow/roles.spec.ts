import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deployment, eventually, OPERATOR_KEY, type Tenant } from '../support/deployment.js';
import { type EngineProcess, freePort, startEngine } from '../support/engine-process.js';

const adder = {
  dsl: '1.0',
  id: 'adder',
  name: 'Adder',
  vars: { sum: { type: 'integer', default: 0 } },
  triggers: [
    {
      id: 'api',
      type: 'call',
      contact: false,
      input: { type: 'object', required: ['a', 'b'], properties: { a: { type: 'integer' }, b: { type: 'integer' } } },
    },
  ],
  start: 'add',
  nodes: {
    add: { type: 'set', assign: { 'vars.sum': '{{ event.input.a + event.input.b }}' }, next: 'rest' },
    rest: { type: 'wait.for', with: { duration: 'PT2S' }, next: 'done' },
    done: { type: 'end', with: { status: 'completed', output: { sum: '{{ vars.sum }}' } } },
  },
};

interface Run {
  id: string;
  status: string;
  output: unknown;
}

/** Accepting and working in processes of their own: they share Postgres and the queue, and nothing else. */
describe('one process that accepts and two that work', () => {
  let deployment: Deployment;
  let tenant: Tenant;
  let workers: EngineProcess[];

  beforeAll(async () => {
    deployment = await Deployment.create();
    const worker = async () => startEngine({ ...deployment.environment, ROLE: 'worker', PORT: String(await freePort()) });
    workers = await Promise.all([worker(), worker()]);
    await deployment.start({ ROLE: 'api' });
    tenant = await deployment.tenant([adder]);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    await deployment.close();
  }, 30_000);

  it('end every run that was accepted, once, also when a worker is killed on the way', async () => {
    const start = async (n: number) => {
      const { executionId } = await tenant.rest.post<{ executionId: string }>(
        '/v1/executions',
        { workflow: 'adder', input: { a: n, b: 1 } },
        { 'idempotency-key': `run-${n}` },
      );
      return executionId;
    };
    const numbers = Array.from({ length: 40 }, (_, n) => n);
    const ids = await Promise.all(numbers.map(start));
    await workers[0]?.kill();
    expect(await Promise.all(numbers.map(start))).toEqual(ids);
    const runs = await eventually(
      () => Promise.all(ids.map((id) => tenant.rest.get<Run>(`/v1/executions/${id}`))),
      (all) => all.every(({ status }) => status === 'completed'),
      45_000,
    );
    expect(runs.map(({ output }) => output)).toEqual(numbers.map((n) => ({ sum: n + 1 })));
    const { items } = await tenant.rest.get<{ items: Run[] }>('/v1/executions?limit=200');
    expect(items).toHaveLength(40);
  }, 60_000);

  it('count for Prometheus, each process by itself, and only for the operator', async () => {
    const metricsOf = (url: string, key: string) => fetch(`${url}/v1/metrics`, { headers: { authorization: `Bearer ${key}` } });
    for (const url of [deployment.url, workers[1]?.url ?? '']) {
      const answer = await metricsOf(url, OPERATOR_KEY);
      expect(answer.headers.get('content-type')).toContain('text/plain');
      expect(await answer.text()).toContain('workflows_sweeper_recovered_total');
    }
    await expect(metricsOf(deployment.url, tenant.key)).resolves.toMatchObject({ status: 403 });
  });

  it('tells an ended run from one that can be cancelled', async () => {
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', {
      workflow: 'adder',
      input: { a: 1, b: 2 },
    });
    await eventually(
      () => tenant.rest.get<Run>(`/v1/executions/${executionId}`),
      ({ status }) => status === 'waiting',
    );
    await tenant.rest.post(`/v1/executions/${executionId}/cancel`, { reason: 'changed my mind' });
    await expect(
      eventually(
        () => tenant.rest.get<Run & { reason: string }>(`/v1/executions/${executionId}`),
        ({ status }) => status !== 'waiting',
      ),
    ).resolves.toMatchObject({ status: 'cancelled', reason: 'changed my mind' });
    await expect(tenant.rest.post(`/v1/executions/${executionId}/cancel`, {})).rejects.toThrow('409');
  }, 30_000);
});
