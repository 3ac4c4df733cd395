import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { EgressRequest } from '@workflows/ports';
import { AddressGuard } from './address-guard.js';
import type { EgressOptions } from './options.js';
import { UndiciEgressClient } from './undici-egress.client.js';

const closers: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe('what a tenant may reach', () => {
  const spellings = [
    'http://127.0.0.1:PORT/',
    'http://127.1:PORT/',
    'http://127.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f000001:PORT/',
    'http://0x7f.0.0.1:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://017700000001:PORT/',
    'http://0:PORT/',
    'http://0.0.0.0:PORT/',
    'http://127.255.255.254:PORT/',
    'http://localhost:PORT/',
    'http://LOCALHOST:PORT/',
    'http://[::1]:PORT/',
    'http://[::]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::ffff:7f00:1]:PORT/',
    'http://[64:ff9b::7f00:1]:PORT/',
    'http://127.0.0.1.:PORT/',
    'http://127。0。0。1:PORT/',
  ];
  it.each(spellings)('refuses loopback written as %s', async (spelling) => {
    const { port, seen } = await listen((_request, response) => response.end('inside'));
    const result = await client({ extraPorts: [port] }).request(get(spelling.replace('PORT', String(port))));
    expect(result).toMatchObject({ outcome: 'never_sent', code: 'http.blocked' });
    expect(seen).toEqual([]);
  });

  it.each([
    ['http://10.0.0.1/', 'private'],
    ['http://169.254.169.254/latest/meta-data', 'link-local'],
    ['http://100.100.100.200/', 'carrier'],
    ['http://198.18.0.1/', 'benchmark'],
    ['http://[fd00::1]/', 'unique local'],
    ['http://[2002:7f00:1::]/', '6to4'],
    ['http://224.0.0.1/', 'multicast'],
  ])('S12: refuses %s, a %s address', async (url) => {
    await expect(client().request(get(url))).resolves.toMatchObject({ outcome: 'never_sent', code: 'http.blocked' });
  });

  it.each([
    ['file:///etc/passwd', 'only http and https'],
    ['gopher://example.com/', 'only http and https'],
    ['http://user:pass@example.com/', 'credentials'],
    ['http://example.com:22/', 'port 22'],
    ['not a url', 'cannot be read'],
  ])('S12: refuses %s and says why', async (url, reason) => {
    const result = await client().request(get(url));
    expect(result).toMatchObject({ outcome: 'never_sent', code: 'http.blocked', message: expect.stringContaining(reason) });
  });

  it('S12: does not tell what a name resolves to', async () => {
    const result = await client({ extraPorts: [8081] }).request(get('http://localhost:8081/'));
    expect(JSON.stringify(result)).not.toMatch(/127\.0\.0\.1|::1/);
  });

  it('S12: reaches a private place that the operator has opened, and no other port of that host', async () => {
    const open = await listen((_request, response) => response.end('mock'));
    const shut = await listen((_request, response) => response.end('inside'));
    const egress = client({ allowPrivateHosts: [`127.0.0.1:${open.port}`], extraPorts: [shut.port] });
    await expect(egress.request(get(open.url))).resolves.toMatchObject({ outcome: 'answered', status: 200 });
    await expect(egress.request(get(shut.url))).resolves.toMatchObject({ outcome: 'never_sent', code: 'http.blocked' });
  });

  it('knows an opened IPv6 place with and without the brackets of a URL', () => {
    const guard = new AddressGuard({ allowPrivateHosts: ['[::1]:8080'] });
    expect([guard.isAllowed('[::1]', 8080), guard.isAllowed('::1', 8080), guard.isAllowed('::1', 80)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('trusts the URLs of the operator', async () => {
    const { url } = await listen((_request, response) => response.end('graph'));
    await expect(client().request({ ...get(url), trust: 'operator' })).resolves.toMatchObject({
      outcome: 'answered',
      body: Buffer.from('graph'),
    });
  });

  it('S12: ignores a proxy of the environment', async () => {
    const proxy = await listen((_request, response) => response.end('proxied'));
    const target = await listen((_request, response) => response.end('direct'));
    process.env['HTTP_PROXY'] = process.env['http_proxy'] = proxy.url;
    closers.push(() => {
      delete process.env['HTTP_PROXY'];
      delete process.env['http_proxy'];
    });
    await expect(client().request({ ...get(target.url), trust: 'operator' })).resolves.toMatchObject({
      body: Buffer.from('direct'),
    });
  });
});

describe('what is known after a failure', () => {
  it('knows that a refused port was sent nothing', async () => {
    const { port, close } = await listen(() => undefined);
    await close();
    await expect(client().request(post(`http://127.0.0.1:${port}/`))).resolves.toMatchObject({
      outcome: 'never_sent',
      code: 'network',
    });
  });

  it('knows that an unknown name was sent nothing', async () => {
    await expect(client().request(post('http://nobody.invalid/'))).resolves.toMatchObject({
      outcome: 'never_sent',
      code: 'network',
    });
  });

  it('is in doubt when the server resets after it has read the request', async () => {
    const { url, seen } = await listen((request) => request.socket.resetAndDestroy());
    await expect(client().request(post(url))).resolves.toMatchObject({ outcome: 'in_doubt', code: 'network' });
    expect(seen).toHaveLength(1);
  });

  it('is in doubt when the server takes the request and never answers', async () => {
    const { url, seen } = await listen(() => undefined);
    await expect(client().request({ ...post(url), timeoutMs: 600 })).resolves.toMatchObject({
      outcome: 'in_doubt',
      code: 'timeout',
    });
    expect(seen).toHaveLength(1);
  });

  it('is in doubt when the answer stops in the middle', async () => {
    const { url } = await listen((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.socket?.destroy());
    });
    await expect(client().request(post(url))).resolves.toMatchObject({ outcome: 'in_doubt', code: 'network' });
  });

  it('was sending nothing while a TLS handshake hangs', async () => {
    const port = await listenTcp(() => undefined);
    await expect(client().request({ ...post(`https://127.0.0.1:${port}/`), timeoutMs: 600 })).resolves.toMatchObject({
      outcome: 'never_sent',
      code: 'network',
    });
  });

  it('sends nothing later when it has said that nothing was sent', async () => {
    const { url, seen } = await listen((_request, response) => setTimeout(() => response.end(), 200));
    const egress = client({ connectionsPerOrigin: 1 });
    const first = egress.request(post(url));
    const queued = await egress.request({ ...post(url), timeoutMs: 50 });
    await first;
    await egress.request(post(`${url}third`));
    expect(queued).toMatchObject({ outcome: 'never_sent' });
    expect(seen.map(({ path }) => path)).toEqual(['/', '/third']);
  });
});

describe('answers', () => {
  it('unpacks a body and hands on status and headers in lower case', async () => {
    const { url } = await listen((_request, response) => {
      response.writeHead(422, { 'Content-Encoding': 'gzip', 'X-Trace': 'abc' });
      response.end(gzipSync('plain'));
    });
    const result = await client().request(post(url));
    expect(result).toMatchObject({ outcome: 'answered', status: 422, body: Buffer.from('plain'), headers: { 'x-trace': 'abc' } });
  });

  it.each([
    ['as it comes', (response: ServerResponse) => response.end('x'.repeat(3_000))],
    [
      'once unpacked',
      (response: ServerResponse) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000))),
    ],
  ])('cannot read a body that is too long %s', async (_name, answer) => {
    const { url } = await listen((_request, response) => void answer(response));
    await expect(client().request({ ...post(url), maxBytes: 2_000 })).resolves.toMatchObject({
      outcome: 'in_doubt',
      code: 'network',
      message: expect.stringContaining('2000 bytes'),
    });
  });

  it('never lets a caller set the headers of the connection', async () => {
    const { url, seen } = await listen((_request, response) => response.end());
    await client().request({ ...post(url), headers: { Host: 'elsewhere', 'Transfer-Encoding': 'chunked', 'X-Mine': 'yes' } });
    expect(seen[0]?.headers).toMatchObject({ 'x-mine': 'yes', host: new URL(url).host });
    expect(seen[0]?.headers).not.toHaveProperty('transfer-encoding');
  });

  it('refuses a header that would smuggle a line', async () => {
    const { url, seen } = await listen((_request, response) => response.end());
    const result = await client().request({ ...post(url), headers: { 'x-mine': 'a\r\nx-other: b' } });
    expect(result).toMatchObject({ outcome: 'never_sent', code: 'http.blocked' });
    expect(seen).toEqual([]);
  });
});

describe('redirects', () => {
  it('follows one to the same host with its credentials', async () => {
    const { url, port, seen } = await listen((request, response) =>
      request.url === '/end' ? response.end('arrived') : response.writeHead(302, { location: '/end' }).end(),
    );
    const egress = client({ allowPrivateHosts: [`127.0.0.1:${port}`] });
    const result = await egress.request({ ...get(url), headers: { Authorization: 'Bearer mine' } });
    expect(result).toMatchObject({ outcome: 'answered', body: Buffer.from('arrived') });
    expect(seen[1]?.headers['authorization']).toBe('Bearer mine');
  });

  it('S8: drops credentials when the host changes, and the body when POST becomes GET', async () => {
    const target = await listen((_request, response) => response.end('arrived'));
    const source = await listen((_request, response) => response.writeHead(303, { location: target.url }).end());
    const result = await client().request({
      ...post(source.url),
      headers: { Authorization: 'Bearer mine', 'X-Api-Key': 'k', Accept: 'text/plain' },
    });
    expect(result).toMatchObject({ outcome: 'answered', status: 200 });
    expect(target.seen[0]).toMatchObject({ method: 'GET', body: '', headers: { accept: 'text/plain' } });
    expect(Object.keys(target.seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['authorization']));
    expect(target.seen[0]?.headers).not.toHaveProperty('x-api-key');
  });

  it('S12: hands back a redirect that leads into the private network, and does not follow it', async () => {
    const inside = await listen((_request, response) => response.end('inside'));
    const outside = await listen((_request, response) => response.writeHead(302, { location: inside.url }).end());
    const egress = client({ allowPrivateHosts: [`127.0.0.1:${outside.port}`], extraPorts: [inside.port] });
    await expect(egress.request(get(outside.url))).resolves.toMatchObject({ outcome: 'answered', status: 302 });
    expect(inside.seen).toEqual([]);
  });

  it('follows three and hands back the fourth', async () => {
    const { url, seen } = await listen((_request, response) => response.writeHead(307, { location: '/again' }).end());
    await expect(client().request(post(url))).resolves.toMatchObject({ outcome: 'answered', status: 307 });
    expect(seen).toHaveLength(4);
  });

  it('is in doubt when the host behind a redirect cannot be reached', async () => {
    const gone = await listen(() => undefined);
    await gone.close();
    const { url } = await listen((_request, response) => response.writeHead(307, { location: gone.url }).end());
    await expect(client().request(post(url))).resolves.toMatchObject({ outcome: 'in_doubt', code: 'network' });
  });
});

interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

function client(options: EgressOptions = {}): UndiciEgressClient {
  const egress = new UndiciEgressClient(options);
  closers.push(() => egress.onModuleDestroy());
  return egress;
}

function get(url: string): EgressRequest {
  return { method: 'GET', url, timeoutMs: 5_000, trust: 'tenant', purpose: 'test' };
}

function post(url: string): EgressRequest {
  return { method: 'POST', url, body: '{}', timeoutMs: 5_000, trust: 'operator', purpose: 'test' };
}

async function listen(answer: RequestListener) {
  const seen: Seen[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      answer(request, response);
    });
  });
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(close);
  const port = portOf(server);
  return { port, url: `http://127.0.0.1:${port}/`, seen, close };
}

async function listenTcp(greet: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return portOf(server);
}

function portOf(server: Server | TcpServer): number {
  const address = server.address();
  if (!isTcp(address)) throw new Error('The server listens on no port.');
  return address.port;
}

function isTcp(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
