import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';

/** A service that reserves and gives back at once, and never answers a payment. */
class SilentService {
  readonly calls: string[] = [];
  /** Payments whose connection is still open. */
  open = 0;
  private readonly server: Server = createServer((request, response) => {
    request.resume();
    this.calls.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (request.method !== 'POST') response.setHeader('content-type', 'application/json').end('{}');
    else {
      this.open += 1;
      response.on('close', () => (this.open -= 1));
    }
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

const order = (url: string): JsonObject & { id: string } => ({
  dsl: '1.0',
  id: 'order',
  name: 'Order',
  triggers: [{ id: 'api', type: 'call', contact: false }],
  start: 'reserve',
  nodes: {
    reserve: {
      type: 'http.request',
      with: { method: 'PUT', url: `${url}/reservation` },
      compensate: { type: 'http.request', with: { method: 'DELETE', url: `${url}/reservation` } },
      next: 'pay',
    },
    pay: {
      type: 'http.request',
      with: { method: 'POST', url: `${url}/payment` },
      deadline: 'PT3M',
      compensate: { type: 'http.request', with: { method: 'DELETE', url: `${url}/payment` } },
      next: 'done',
    },
    done: { type: 'end' },
  },
});

interface History {
  events: Array<{ type: string; result?: { outcome: string; failure?: { code: string } } }>;
}

describe('a run that is cancelled while it waits for a service', () => {
  const service = new SilentService();
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    const url = await service.start();
    deployment = await Deployment.create({ environment: { EGRESS_ALLOW_PRIVATE: new URL(url).host } });
    await deployment.start();
    tenant = await deployment.tenant([order(url)]);
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
    await service.stop();
  }, 30_000);

  it('ends at once, undoes what was done, and leaves the call in doubt', async () => {
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', { workflow: 'order', input: {} });
    await eventually(
      () => Promise.resolve(service.open),
      (open) => open === 1,
    );
    await tenant.rest.post(`/v1/executions/${executionId}/cancel`, { reason: 'Nobody waits for this' });
    const run = await eventually(
      () => tenant.rest.get<{ status: string; reason: string | null }>(`/v1/executions/${executionId}`),
      ({ status }) => status === 'cancelled',
    );
    expect(run.reason).toBe('Nobody waits for this');
    await eventually(
      () => Promise.resolve(service.open),
      (open) => open === 0,
    );
    expect(service.calls).toEqual(['PUT /reservation', 'POST /payment', 'DELETE /reservation']);

    const { events } = await tenant.rest.get<History>(`/v1/executions/${executionId}/history`);
    expect(events.filter(({ type }) => type === 'ordered')).toHaveLength(1);
    expect(events.flatMap(({ result }) => result?.failure?.code ?? [])).toEqual(['effect.unknown']);
    await expect(tenant.rest.post(`/v1/executions/${executionId}/replay`, {})).resolves.toMatchObject({ equal: true });
  }, 90_000);
});
