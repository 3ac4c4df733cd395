import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import { freePort, startEngine } from '../support/engine-process.js';

/** Counts in a circle, and makes a call that a commit must come before. */
const long = (port: number) => ({
  dsl: '1.0',
  id: 'long',
  name: 'Long',
  limits: { maxSteps: 2000 },
  vars: { n: { type: 'integer', default: 0 } },
  triggers: [{ id: 'api', type: 'call', contact: false }],
  start: 'count',
  nodes: {
    count: { type: 'set', assign: { 'vars.n': '{{ vars.n + 1 }}' }, maxVisits: 350, next: 'count', on: { visits: 'book' } },
    book: {
      type: 'http.request',
      with: { method: 'POST', url: `http://127.0.0.1:${port}/bookings`, effect: 'idempotent' },
      next: 'done',
    },
    done: { type: 'end', with: { output: '{{ vars.n }}' } },
  },
});

describe('a run that is written several times in one claim', () => {
  let deployment: Deployment;
  let tenant: Tenant;
  let desk: Server;
  const bookings: string[] = [];

  beforeAll(async () => {
    desk = createServer((request, response) => {
      bookings.push(String(request.headers['idempotency-key']));
      response.setHeader('content-type', 'application/json').end('{"ok":true}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => desk.once('listening', resolve));
    const { port } = desk.address() as AddressInfo;
    deployment = await Deployment.create({ environment: { EGRESS_ALLOW_PRIVATE: `127.0.0.1:${port}` } });
    await deployment.start();
    tenant = await deployment.tenant([long(port)]);
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
    desk.close();
  }, 30_000);

  it('goes on where its last commit was when the worker is killed, and is not begun anew', async () => {
    const crashing = await startEngine({
      ...deployment.environment,
      ROLE: 'worker',
      CRASH_AT: 'advance.before-http',
      PORT: String(await freePort()),
    });
    // Another process takes the order: one that is to be killed may not live to answer it.
    await deployment.start({ ROLE: 'api' });
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', { workflow: 'long' });
    await expect(crashing.ended).resolves.toMatchObject({ signal: 'SIGKILL' });
    await deployment.start();
    const run = await eventually(
      () => tenant.rest.get<{ status: string; output: unknown; revision: number }>(`/v1/executions/${executionId}`),
      ({ status }) => status === 'completed',
    );
    expect(run.output).toBe(350);
    // Three commits on the way, one before the call, one at the end.
    expect(run.revision).toBe(5);
    expect(new Set(bookings).size).toBe(1);
    await expect(tenant.rest.post(`/v1/executions/${executionId}/replay`, {})).resolves.toMatchObject({ equal: true });
  }, 60_000);
});
