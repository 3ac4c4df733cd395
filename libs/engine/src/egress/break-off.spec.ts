import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UndiciEgressClient } from './undici-egress.client.js';

describe('a request that is broken off', () => {
  let server: Server;
  let url: string;
  let egress: UndiciEgressClient;

  beforeEach(async () => {
    server = createServer((request) => request.resume());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The service has no port.');
    url = `http://127.0.0.1:${address.port}/`;
    egress = new UndiciEgressClient({});
  });
  afterEach(async () => {
    await egress.onModuleDestroy();
    server.closeAllConnections();
    server.close();
  });

  const request = (signal: AbortSignal) =>
    egress.request({ method: 'POST', url, signal, timeoutMs: 600_000, trust: 'operator', purpose: 'test' });

  it('is in doubt once it has arrived, and ends without waiting for its time', async () => {
    const control = new AbortController();
    const answer = request(control.signal);
    await once(server, 'request');
    control.abort();
    await expect(answer).resolves.toMatchObject({ outcome: 'in_doubt', code: 'network' });
  }, 30_000);

  it('was never sent when it was broken off before', async () => {
    let arrived = 0;
    server.on('request', () => (arrived += 1));
    await expect(request(AbortSignal.abort())).resolves.toMatchObject({ outcome: 'never_sent', code: 'network' });
    expect(arrived).toBe(0);
  });
});
