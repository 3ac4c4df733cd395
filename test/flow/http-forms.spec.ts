import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { ApiUnderTest } from './api-under-test.js';
import { Author, called, ends } from './author.js';

interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A service that remembers what it was asked, and answers by the path: `/503` with that status, all else with a text. */
const asked: Asked[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method = '', url: path = '', headers } = request;
    asked.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
    const status = /^\/(\d{3})/.exec(path)?.[1];
    response.writeHead(Number(status ?? 200), { 'content-type': 'text/plain', 'x-shop': 'open' }).end('[1, 2]');
  });
});

let api: ApiUnderTest;
let author: Author;
let url: string;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The service has no port.');
  const host = `127.0.0.1:${address.port}`;
  url = `http://${host}`;
  api = await ApiUnderTest.start({ ROLE: 'all', SWEEP_INTERVAL: 'PT0.2S', EGRESS_ALLOW_PRIVATE: host });
  author = new Author(api, await api.tenant('forms'));
}, 60_000);
afterAll(async () => {
  await api.stop();
  server.closeAllConnections();
  server.close();
}, 30_000);

let runs = 0;
async function call(config: JsonObject, more: JsonObject = {}) {
  asked.length = 0;
  runs += 1;
  const step: JsonObject = { type: 'http.request', with: { url: `${url}/shop`, ...config }, ...more };
  return author.run(called(`call-${runs}`, { ask: step, end: ends('{{ steps.ask }}') }));
}

describe('a call of a service', () => {
  it.each<[string, JsonObject, string, string]>([
    ['json', { a: 1, b: '{{ "two" }}' }, 'application/json', '{"a":1,"b":"two"}'],
    ['form', { a: 1, b: 'x y&z' }, 'application/x-www-form-urlencoded', 'a=1&b=x+y%26z'],
    ['text', 'Hello {{ "you" }}' as never, 'text/plain', 'Hello you'],
  ])('writes its body as %s', async (bodyType, body, type, written) => {
    const { status } = await call({ method: 'PATCH', bodyType, body });
    expect(status).toBe('completed');
    expect(asked).toEqual([expect.objectContaining({ method: 'PATCH', body: written })]);
    expect(asked[0]?.headers['content-type']).toContain(type);
  });

  it.each<[string, unknown]>([
    ['json', [1, 2]],
    ['text', '[1, 2]'],
    ['none', undefined],
  ])('reads the answer as %s', async (response, body) => {
    const { output } = await call({ method: 'GET', response });
    expect(output).toMatchObject({ status: 200, headers: { 'x-shop': 'open' } });
    expect(output.body).toEqual(body);
  });

  it('adds its query to that of the address, and its headers, filled in', async () => {
    await call({
      method: 'HEAD',
      url: `${url}/shop?a=1`,
      query: { name: '{{ "a b" }}', c: '&' },
      headers: { 'X-Run': '{{ run.workflow }}' },
      response: 'none',
    });
    expect(asked[0]).toMatchObject({ method: 'HEAD', headers: { 'x-run': `call-${runs}` } });
    const { searchParams } = new URL(asked[0]?.path ?? '', url);
    expect(Object.fromEntries(searchParams)).toEqual({ a: '1', name: 'a b', c: '&' });
  });

  it('names itself to the service unless it only reads', async () => {
    await call({ method: 'DELETE' });
    expect(asked[0]?.headers['idempotency-key']).toEqual(expect.any(String));
    await call({ method: 'POST', effect: 'read' });
    expect(asked[0]?.headers).not.toHaveProperty('idempotency-key');
  });

  // Few, because a service that fails five times is not asked for a while.
  const retry: JsonObject = { maxAttempts: 2, interval: 'PT0.05S', backoff: 1, maxInterval: 'PT0.1S', jitter: 'none' };

  it('is tried again where a repetition does no harm, and else only on what surely did nothing', async () => {
    const failed = async (config: JsonObject, more: JsonObject = {}) => {
      const { error } = await call({ method: 'POST', ...config }, { retry, ...more });
      return [error.code, asked.length];
    };
    const surely = { retry: { ...retry, on: ['http.429', 'http.503'] } };
    expect(await failed({ url: `${url}/404`, effect: 'read' }, { retry: { ...retry, on: ['http.4xx'] } })).toEqual([
      'http.404',
      2,
    ]);
    expect(await failed({ url: `${url}/503`, effect: 'unsafe' }, surely)).toEqual(['http.503', 2]);
    expect(await failed({ url: `${url}/500`, effect: 'unsafe' }, surely)).toEqual(['http.500', 1]);
    expect(await failed({ url: `${url}/500`, effect: 'idempotent' })).toEqual(['http.500', 2]);
  });
});
