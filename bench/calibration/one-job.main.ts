import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Queue, Worker, type Job } from 'bullmq';
import pg from 'pg';
import { Agent } from 'undici';

/**
 * What most people build first, as fast as it gets: an HTTP door that adds jobs to BullMQ, and a worker in the same
 * process that does the work of W5 without expressions, signatures or tenancy. `JOBS` says over how many jobs one run is
 * spread: 1, or 5 for a job per node. The history goes to Postgres in batches afterwards, so a kill would lose some.
 */
const { REDIS_URL = '', DATABASE_URL = '', SINK_URL = '', JOBS = '1' } = process.env;

interface Run {
  id: string;
  name: string;
  amount: number;
  sentAt: number;
  label?: string;
}

const connection = { url: REDIS_URL, maxRetriesPerRequest: null };
const queue = new Queue('w5', { connection });
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 4 });
const agent = new Agent({ connections: 128, pipelining: 1 });
const steps = Number(JOBS);
let ended: Run[] = [];

const prepare = (run: Run): Run => ({ ...run, name: run.name.toUpperCase(), label: `${run.name} owes ${run.amount}` });
const chooses = (run: Run): boolean => run.amount * 2 > 10;

async function tell(run: Run): Promise<void> {
  const { origin, pathname } = new URL(SINK_URL);
  const answer = await agent.request({
    origin,
    path: pathname,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: run.id, sentAt: run.sentAt, label: run.label }),
  });
  await answer.body.text();
}

async function work(job: Job<Run>): Promise<void> {
  const step = steps === 1 ? 0 : Number(job.name);
  if (steps === 1) {
    const run = prepare(job.data);
    if (chooses(run)) await tell(run);
    ended.push(run);
    return;
  }
  let run = job.data;
  if (step === 1) run = prepare(run);
  if (step === 3 && chooses(run)) await tell(run);
  if (step === steps - 1) ended.push(run);
  else await queue.add(String(step + 1), run, { removeOnComplete: true });
}

async function writeHistory(): Promise<void> {
  const batch = ended;
  ended = [];
  if (batch.length === 0) return;
  await pool.query('insert into bench_history (run) select jsonb_array_elements($1::jsonb)', [JSON.stringify(batch)]);
}

await pool.query('create table if not exists bench_history (run jsonb not null)');
const worker = new Worker<Run>('w5', work, { connection, concurrency: 100 });
worker.on('error', () => undefined);
await worker.waitUntilReady();
const timer = setInterval(() => void writeHistory(), 100);

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    void queue.add('0', JSON.parse(body) as Run, { removeOnComplete: true }).then(() => {
      response.statusCode = 202;
      response.end('{}');
    });
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }));

async function stop(): Promise<void> {
  clearInterval(timer);
  await worker.close(true);
  await queue.close();
  process.exit(0);
}
process.on('SIGTERM', () => void stop());
process.on('disconnect', () => void stop());
