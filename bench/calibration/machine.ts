import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Queue, Worker } from 'bullmq';
import type pg from 'pg';
import { Pool } from 'undici';
import type { Servers } from '../ground/servers.js';

/** What this machine can do at all, a second: figures that others are held against. */
export interface Calibration {
  /** BullMQ on Redis, jobs that do nothing; null without a Redis. */
  noopJobs: number | null;
  /** One row per commit on one connection. */
  commits: number;
  /** Requests to Node's plain HTTP server. */
  httpRequests: number;
}

export async function calibrate(servers: Servers, forMs: number): Promise<Calibration> {
  return {
    noopJobs: servers.redis === null ? null : await noopJobs(servers.redis.url, forMs),
    commits: await commits(servers.admin, forMs),
    httpRequests: await httpRequests(forMs),
  };
}

async function noopJobs(url: string, forMs: number): Promise<number> {
  const connection = { url, maxRetriesPerRequest: null };
  const queue = new Queue('noop', { connection });
  const jobs = Array.from({ length: 500 }, () => ({ name: 'noop', data: {}, opts: { removeOnComplete: true } }));
  let done = 0;
  const worker = new Worker('noop', async () => void (done += 1), { connection, concurrency: 100, autorun: false });
  worker.on('error', () => undefined);
  await worker.waitUntilReady();
  const start = performance.now();
  void worker.run();
  let added = 0;
  while (performance.now() - start < forMs) {
    // A thousand stand in line, so that the worker never waits and the queue never grows.
    if (added - done < 1_000) added += (await queue.addBulk(jobs)).length;
    else await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const perSecond = Math.round((done * 1000) / (performance.now() - start));
  await worker.close(true);
  await queue.obliterate({ force: true });
  await queue.close();
  return perSecond;
}

async function commits(admin: pg.Pool, forMs: number): Promise<number> {
  const client = await admin.connect();
  try {
    await client.query('create table if not exists bench_commits (n int not null)');
    const start = performance.now();
    let done = 0;
    for (; performance.now() - start < forMs; done += 1) await client.query('insert into bench_commits values ($1)', [done]);
    return Math.round((done * 1000) / (performance.now() - start));
  } finally {
    client.release();
  }
}

async function httpRequests(forMs: number): Promise<number> {
  const server = createServer((_request, response) => response.end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 50, pipelining: 1 });
  const start = performance.now();
  let done = 0;
  const slot = async (): Promise<void> => {
    for (; performance.now() - start < forMs; done += 1) await (await pool.request({ method: 'GET', path: '/' })).body.text();
  };
  await Promise.all(Array.from({ length: 50 }, slot));
  const perSecond = Math.round((done * 1000) / (performance.now() - start));
  await pool.destroy();
  server.close();
  return perSecond;
}
