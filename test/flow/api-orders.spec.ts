import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest, type TestTenant } from './api-under-test.js';
import { eventually } from '../support/deployment.js';

const HOUR = 3_600_000;

/** A service that answers what it is told to. */
class Service {
  status = 200;
  readonly keys: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    request.resume();
    this.keys.push(String(request.headers['idempotency-key']));
    response.setHeader('content-type', 'application/json');
    response.statusCode = this.status;
    response.end(JSON.stringify({ id: 'from the service' }));
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

/** An hour of waiting, a call, the end. */
const workflow = (url: string): Record<string, unknown> => ({
  dsl: '1.0',
  id: 'orders',
  name: 'Orders',
  triggers: [{ id: 'api', type: 'call', contact: false }],
  start: 'sleep',
  nodes: {
    sleep: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'call' },
    call: {
      type: 'http.request',
      with: { method: 'PUT', url },
      output: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
      next: 'bye',
    },
    bye: { type: 'end', with: { output: '{{ steps.call.body.id }}' } },
  },
});

describe('orders to runs over REST', () => {
  const service = new Service();
  let api: ApiUnderTest;
  let tenant: TestTenant;

  beforeAll(async () => {
    const url = await service.start();
    api = await ApiUnderTest.start({ ROLE: 'all', SWEEP_INTERVAL: 'PT0.2S', EGRESS_ALLOW_PRIVATE: new URL(url).host });
    tenant = await api.tenant('orders');
    await ask('PUT', '/v1/workflows/orders', workflow(url));
    expect((await ask('POST', '/v1/workflows/orders/publish')).status).toBe(201);
  }, 60_000);

  afterAll(async () => {
    await service.stop();
    await api.stop();
  }, 30_000);

  const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    api.ask(method, path, { key: tenant.key, body, headers });
  const order = (id: string, what: string, body?: unknown, headers?: Record<string, string>) =>
    ask('POST', `/v1/executions/${id}/${what}`, body, headers);
  const run = async (id: string) => (await ask('GET', `/v1/executions/${id}`)).json;
  const until = (id: string, status: string) =>
    eventually(
      () => run(id),
      (seen: { status: string }) => seen.status === status,
    );

  async function asleep(): Promise<string> {
    const { json } = await ask('POST', '/v1/executions', { workflow: 'orders' });
    await until(json.executionId, 'waiting');
    return json.executionId;
  }

  async function failed(): Promise<string> {
    service.status = 410;
    const id = await asleep();
    expect((await order(id, 'skip', { node: 'sleep' })).status).toBe(202);
    await until(id, 'failed');
    service.status = 200;
    return id;
  }

  it('pauses a run, so that its hour passes without it, and resumes it', async () => {
    const id = await asleep();
    const paused = await order(id, 'pause');
    expect([paused.status, paused.json]).toEqual([202, { executionId: id, order: { type: 'pause' }, repeated: false }]);
    await until(id, 'paused');
    await api.test?.advance(2 * HOUR);
    const other = await asleep();
    expect((await run(id)).status).toBe('paused');
    expect((await order(id, 'resume')).status).toBe(202);
    expect(await until(id, 'completed')).toMatchObject({ output: 'from the service' });
    await order(other, 'cancel', {});
  }, 60_000);

  it('retries a failed run with the step that failed, under the same key', async () => {
    const id = await failed();
    service.keys.splice(0);
    service.status = 410;
    expect((await order(id, 'retry', {})).status).toBe(202);
    await eventually(
      async () => service.keys.length,
      (calls) => calls === 1,
    );
    await until(id, 'failed');
    service.status = 200;
    expect((await order(id, 'retry', {})).status).toBe(202);
    expect(await until(id, 'completed')).toMatchObject({ error: null, output: 'from the service' });
    expect(new Set(service.keys).size).toBe(1);
    const { json } = await ask('POST', `/v1/executions/${id}/replay`);
    expect(json).toMatchObject({ equal: true });
  }, 60_000);

  it('goes back to an earlier step of a failed run', async () => {
    const id = await failed();
    expect((await order(id, 'retry', { from: 'sleep' })).json.order).toEqual({ type: 'retry', from: 'sleep' });
    expect(await until(id, 'waiting')).toMatchObject({ nodes: ['sleep'], endedAt: null });
    await order(id, 'cancel', {});
  }, 60_000);

  it('skips the step of a failed run with an output that fits its schema', async () => {
    const id = await failed();
    const misfit = await order(id, 'skip', { node: 'call', output: { body: { id: 7 } } });
    expect([misfit.status, misfit.json.errors[0].code]).toEqual([409, 'order.output']);
    expect((await order(id, 'skip', { node: 'call', output: { body: { id: 'by hand' } } })).status).toBe(202);
    expect(await until(id, 'completed')).toMatchObject({ output: 'by hand' });
  }, 60_000);

  it('cancels a run that waits, and one that is paused', async () => {
    const waiting = await asleep();
    expect((await order(waiting, 'cancel', { reason: 'enough' })).status).toBe(202);
    expect(await until(waiting, 'cancelled')).toMatchObject({ reason: 'enough' });
    const paused = await asleep();
    await order(paused, 'pause');
    await until(paused, 'paused');
    expect((await order(paused, 'cancel', {})).status).toBe(202);
    await until(paused, 'cancelled');
  }, 60_000);

  it('refuses what a run cannot carry out, and says why', async () => {
    const id = await asleep();
    const resumed = await order(id, 'resume');
    expect([resumed.status, resumed.headers.get('content-type')]).toEqual([
      409,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(resumed.json).toMatchObject({ detail: 'The run is not paused.', errors: [{ code: 'order.not_paused' }] });
    expect((await order(id, 'retry', {})).json.errors[0].code).toBe('order.not_failed');
    expect((await order(id, 'skip', { node: 'call' })).json.errors[0].code).toBe('order.no_step');
    expect((await order(id, 'skip', {})).status).toBe(400);
    await order(id, 'cancel', {});
    await until(id, 'cancelled');
    expect((await order(id, 'pause')).json.errors[0].code).toBe('order.ended');
  }, 60_000);

  it('knows the runs of its tenant only', async () => {
    const id = await asleep();
    const other = await api.tenant('stranger');
    for (const what of ['pause', 'resume', 'cancel', 'retry']) {
      const answer = await api.ask('POST', `/v1/executions/${id}/${what}`, { key: other.key, body: {} });
      expect(answer.status).toBe(404);
    }
    expect((await run(id)).status).toBe('waiting');
    await order(id, 'cancel', {});
  }, 60_000);

  it('answers the same key with the same answer, and orders nothing more', async () => {
    const id = await asleep();
    const key = { 'idempotency-key': 'pause-1' };
    expect((await order(id, 'pause', undefined, key)).json.repeated).toBe(false);
    await until(id, 'paused');
    await order(id, 'resume');
    await until(id, 'waiting');
    const again = await order(id, 'pause', undefined, key);
    expect([again.status, again.json]).toEqual([202, { executionId: id, order: { type: 'pause' }, repeated: true }]);
    expect((await order(id, 'cancel', {}, key)).json.errors[0].code).toBe('order.key');
    expect((await run(id)).status).toBe('waiting');
    await order(id, 'cancel', {});
  }, 60_000);

  it('finds failed runs by their error and has all of them go on at once', async () => {
    const ids = [await failed(), await failed()];
    const found = await ask('GET', '/v1/executions?status=failed&error=http.410');
    expect(found.json.items.map((item: { id: string }) => item.id).sort()).toEqual([...ids].sort());
    expect((await ask('GET', '/v1/executions?error=http.411')).json.items).toEqual([]);
    const redriven = await ask('POST', '/v1/executions/redrive', { workflow: 'orders', error: 'http.410' });
    expect([redriven.status, redriven.json]).toEqual([202, { found: 2, retried: 2, refused: {}, more: false }]);
    for (const id of ids) await until(id, 'completed');
    expect((await ask('POST', '/v1/executions/redrive', { error: 'http.410' })).json.found).toBe(0);
  }, 60_000);

  it('keeps a record of who ordered what, without the output that was given', async () => {
    const id = await failed();
    await order(id, 'skip', { node: 'call', output: { body: { id: 'private' } } }, { 'x-request-id': 'r-1' });
    await until(id, 'completed');
    const { json } = await ask('GET', `/v1/audit?target=execution:${id}`);
    expect(json.items).toEqual([
      expect.objectContaining({
        actor: 'key:read-write-admin',
        action: 'execution.skip',
        target: `execution:${id}`,
        requestId: 'r-1',
        details: { node: 'call', step: expect.any(Number) },
      }),
      expect.objectContaining({ action: 'execution.skip', details: { node: 'sleep', step: 1 } }),
      expect.objectContaining({ action: 'execution.start' }),
    ]);
    const first = await ask('GET', '/v1/audit?limit=1');
    const second = await ask('GET', `/v1/audit?limit=1&cursor=${first.json.nextCursor}`);
    expect(first.json.items[0].target).toBe(`execution:${id}`);
    expect(second.json.items[0]).not.toEqual(first.json.items[0]);
    const other = await api.tenant('curious');
    const seen: Array<{ target: string }> = (await api.ask('GET', '/v1/audit', { key: other.key })).json.items;
    expect(seen.filter(({ target }) => target.startsWith('execution:'))).toEqual([]);
  }, 60_000);
});
