import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { wallMillis } from '../measure/latencies.js';

/**
 * Plays the API that a workflow calls: answers at once, and keeps for each run when its call came. The body of a call is
 * `{ "id": <run>, "sentAt": <wall milliseconds> }`. `GET /` tells how many came, how many twice, and their delays since
 * `sentAt`, and begins anew.
 */
let seen = new Set<string>();
let twice = 0;
let delays: number[] = [];

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ runs: seen.size, twice, delays: request.url === '/?delays' ? delays : [] }));
    return;
  }
  if (request.method === 'DELETE') {
    [seen, twice, delays] = [new Set(), 0, []];
    response.end('{}');
    return;
  }
  const at = wallMillis();
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const { id, sentAt } = JSON.parse(body) as { id: string; sentAt: number };
    if (seen.has(id)) twice += 1;
    seen.add(id);
    delays.push(at - sentAt);
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true}');
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
