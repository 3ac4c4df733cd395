import { createPostgresBackend, Queue, Worker } from 'bullmq';
import pg from 'pg';
import { QUEUE_SCHEMA } from './migrate-queue.js';
import {
  WORKER_CONCURRENCY,
  WORKER_TIMING,
  type BellProcessor,
  type BellQueue,
  type BellWorker,
  type QueueBackend,
} from './queue.backend.js';

/** One LISTEN connection per worker (two bells), and the rest for short queries. */
const MAX_CONNECTIONS = 5;

export class PostgresBackend implements QueueBackend {
  private readonly pool: pg.Pool;

  constructor(url: string, role: string, onError: (error: Error) => void) {
    this.pool = new pg.Pool({
      connectionString: url,
      // BullMQ sets the search path only on pools of its own making.
      options: `-c search_path=${QUEUE_SCHEMA} -c role=${role}`,
      max: MAX_CONNECTIONS,
      application_name: 'workflows-queue',
      connectionTimeoutMillis: 5000,
      query_timeout: 10_000,
      // Without it a dropped LISTEN connection goes unnoticed, and BullMQ polls more often to make up for that.
      keepAlive: true,
    });
    this.pool.on('error', onError);
    // The pool listens to clients at rest only: one that breaks while BullMQ has it would end the process.
    this.pool.on('connect', (client) => client.on('error', onError));
  }

  createQueue(name: string): BellQueue {
    return new Queue(name, { connection: this.pool }, createPostgresBackend);
  }

  createWorker(name: string, processor: BellProcessor): BellWorker {
    const options = { connection: this.pool, concurrency: WORKER_CONCURRENCY, ...WORKER_TIMING };
    return new Worker(name, processor, options, createPostgresBackend);
  }

  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
