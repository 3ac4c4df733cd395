import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';

interface Call {
  method: string;
  path: string;
  key: string | undefined;
}

/** A service that takes bookings under `/rooms` and `/cars`, takes them back, and never takes money. */
class BookingService {
  readonly calls: Call[] = [];
  /** How many of the next calls that take something back are answered with 503. */
  busy = 0;
  private readonly server: Server = createServer((request, response) => {
    request.resume();
    const key = request.headers['idempotency-key'];
    const { method = '', url = '' } = request;
    this.calls.push({ method, path: url, key: typeof key === 'string' ? key : undefined });
    response.setHeader('content-type', 'application/json');
    response.statusCode = url.startsWith('/payments') ? 402 : 200;
    if (method === 'DELETE' && this.busy > 0) {
      this.busy -= 1;
      response.statusCode = 503;
    }
    response.end(JSON.stringify({ id: `${url.split('/')[2] ?? ''}-1` }));
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

  of(trip: string): string[] {
    return this.calls.filter(({ path }) => path.includes(trip)).map(({ method, path }) => `${method} ${path}`);
  }
}

const booking = (url: string, what: string, next: string): JsonObject => ({
  type: 'http.request',
  with: { method: 'PUT', url: `${url}/${what}/{{ event.input.trip }}` },
  output: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
  compensate: { type: 'http.request', with: { method: 'DELETE', url: `${url}/${what}/{{ output.body.id }}` } },
  next,
});

const trip = (url: string): JsonObject & { id: string } => ({
  dsl: '1.0',
  id: 'trip',
  name: 'Trip',
  triggers: [
    {
      id: 'api',
      type: 'call',
      contact: false,
      input: {
        type: 'object',
        required: ['trip', 'waits'],
        properties: { trip: { type: 'string' }, waits: { type: 'boolean' } },
      },
    },
  ],
  defaults: { retry: { maxAttempts: 3, interval: 'PT0.1S' } },
  start: 'room',
  nodes: {
    room: booking(url, 'rooms', 'car'),
    car: booking(url, 'cars', 'choose'),
    choose: { type: 'switch', cases: [{ when: 'event.input.waits', next: 'sleep' }], default: 'pay' },
    sleep: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'pay' },
    pay: { type: 'http.request', with: { method: 'POST', url: `${url}/payments/{{ event.input.trip }}` }, next: 'done' },
    done: { type: 'end' },
  },
});

interface Execution {
  status: string;
  reason: string | null;
  error: { code: string } | null;
  state: { compensated?: Array<{ node: string; outcome: string }> };
}

describe('a run whose steps can be undone', () => {
  const service = new BookingService();
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    const url = await service.start();
    deployment = await Deployment.create({ environment: { EGRESS_ALLOW_PRIVATE: new URL(url).host } });
    await deployment.start();
    tenant = await deployment.tenant([trip(url)]);
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
    await service.stop();
  }, 30_000);

  const start = async (name: string, waits: boolean): Promise<string> => {
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', {
      workflow: 'trip',
      input: { trip: name, waits },
    });
    return executionId;
  };
  const read = (id: string) => () => tenant.rest.get<Execution>(`/v1/executions/${id}`);

  it('undoes them, the latest first, when a later one fails', async () => {
    service.busy = 1;
    const id = await start('lima', false);
    const run = await eventually(read(id), ({ status }) => status === 'failed');
    expect(run).toMatchObject({ reason: null, error: { code: 'http.402' } });
    expect(run.state.compensated?.map(({ node, outcome }) => `${node} ${outcome}`)).toEqual(['car done', 'room done']);
    expect(service.of('lima')).toEqual([
      'PUT /rooms/lima',
      'PUT /cars/lima',
      'POST /payments/lima',
      'DELETE /cars/lima-1',
      'DELETE /cars/lima-1',
      'DELETE /rooms/lima-1',
    ]);
    const keys = service.calls.filter(({ path }) => path.includes('lima')).map(({ key }) => key);
    expect(keys[3]).toBe(keys[4]);
    expect(new Set(keys).size).toBe(5);
  }, 60_000);

  it('undoes them when it is cancelled, and shows each in its timeline', async () => {
    const id = await start('oslo', true);
    await eventually(read(id), ({ status }) => status === 'waiting');
    await tenant.rest.post(`/v1/executions/${id}/cancel`, { reason: 'The guest fell ill' });
    const run = await eventually(read(id), ({ status }) => status === 'cancelled');
    expect(run.reason).toBe('The guest fell ill');
    expect(service.of('oslo').slice(2)).toEqual(['DELETE /cars/oslo-1', 'DELETE /rooms/oslo-1']);
    const { steps } = await tenant.rest.get<{ steps: Array<{ node: string; state: string }> }>(`/v1/executions/${id}/timeline`);
    expect(steps.slice(-2)).toMatchObject([
      { node: 'car.compensate', state: 'done' },
      { node: 'room.compensate', state: 'done' },
    ]);
  }, 60_000);
});
