import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';

/** Refuses until it is mended. */
class BrokenService {
  isMended = false;
  private readonly server: Server = createServer((request, response) => {
    request.resume();
    response.statusCode = this.isMended ? 200 : 422;
    response.setHeader('content-type', 'application/json').end('{}');
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The service has no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** One branch waits for a person, one for an event, and the third fails as soon as it is told to go. */
const loan = (url: string): JsonObject & { id: string } => ({
  dsl: '1.0',
  id: 'loan',
  name: 'Loan',
  triggers: [{ id: 'api', type: 'call', contact: false }],
  start: 'all',
  nodes: {
    all: { type: 'parallel', branches: { person: 'ok', money: 'paid', score: 'go' }, join: 'met' },
    ok: {
      type: 'human.approval',
      with: { queue: 'loans', title: 'Loan' },
      timeout: 'P1D',
      next: 'met',
      on: { rejected: 'met', timeout: 'met' },
    },
    paid: {
      type: 'wait.event',
      with: { name: 'loan.paid', key: 'one' },
      output: { type: 'object' },
      timeout: 'P1D',
      next: 'met',
      on: { timeout: 'met' },
    },
    go: {
      type: 'wait.event',
      with: { name: 'loan.go', key: 'one' },
      output: { type: 'object' },
      timeout: 'P1D',
      next: 'rate',
      on: { timeout: 'met' },
    },
    rate: { type: 'http.request', with: { method: 'GET', url: `${url}/score` }, next: 'met' },
    met: { type: 'join', next: 'done' },
    done: { type: 'end', with: { output: '{{ steps.met.arrived.size() }}' } },
  },
});

interface Task {
  id: string;
  status: string;
}

describe('a failed run that is retried', () => {
  const service = new BrokenService();
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    const url = await service.start();
    deployment = await Deployment.create({ environment: { EGRESS_ALLOW_PRIVATE: new URL(url).host } });
    await deployment.start();
    tenant = await deployment.tenant([]);
    await tenant.rest.put('/v1/queues/loans', { title: 'Loans' });
    await tenant.rest.put('/v1/workflows/loan', loan(url));
    await tenant.rest.post('/v1/workflows/loan/publish', {});
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
    await service.stop();
  }, 30_000);

  it('waits again in its other branches, for people and for events', async () => {
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', { workflow: 'loan', input: {} });
    const status = (wanted: string) =>
      eventually(
        () => tenant.rest.get<{ status: string; output: unknown }>(`/v1/executions/${executionId}`),
        (run) => run.status === wanted,
      );
    const task = (wanted: string) =>
      eventually(
        async () => (await tenant.rest.get<{ items: Task[] }>('/v1/tasks?queue=loans')).items[0],
        (found) => found?.status === wanted,
      );
    const emit = (name: string) => tenant.rest.post('/v1/events', { name, key: 'one', data: {} });

    await task('open');
    await emit('loan.go');
    await status('failed');
    const closed = await task('withdrawn');
    // What is paid while the run lies there is not lost either.
    await emit('loan.paid');

    service.isMended = true;
    await tenant.rest.post(`/v1/executions/${executionId}/retry`, {});
    const opened = await task('open');
    expect(opened?.id).toBe(closed?.id);
    await tenant.rest.post(`/v1/tasks/${opened?.id ?? ''}/approve`, { by: 'Bea' });
    expect(await status('completed')).toMatchObject({ output: 3 });
    await expect(tenant.rest.post(`/v1/executions/${executionId}/replay`, {})).resolves.toMatchObject({ equal: true });
  }, 90_000);
});
