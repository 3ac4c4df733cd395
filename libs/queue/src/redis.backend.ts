import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import {
  WORKER_CONCURRENCY,
  WORKER_TIMING,
  type BellProcessor,
  type BellQueue,
  type BellWorker,
  type QueueBackend,
} from './queue.backend.js';

/** Keeps trying for ever, at most two seconds apart, so that a process outlives an outage of any length. */
const RECONNECT: RedisOptions = { retryStrategy: (times) => Math.min(100 * times, 2000), connectTimeout: 5000 };

/** A ring must fail fast: nobody is served by rings that pile up in memory while Redis is away. */
const PRODUCER: RedisOptions = { ...RECONNECT, maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 5000 };

/** BullMQ requires it: a blocking command waits for ever, and must survive any number of reconnects. */
const CONSUMER: RedisOptions = { ...RECONNECT, maxRetriesPerRequest: null };

export class RedisBackend implements QueueBackend {
  private readonly producer: Redis;
  private consumer: Redis | null = null;

  constructor(
    private readonly url: string,
    private readonly onError: (error: Error) => void,
  ) {
    this.producer = this.connect(PRODUCER);
  }

  createQueue(name: string): BellQueue {
    return new Queue(name, { connection: this.producer });
  }

  createWorker(name: string, processor: BellProcessor): BellWorker {
    this.consumer ??= this.connect(CONSUMER);
    return new Worker(name, processor, { connection: this.consumer, concurrency: WORKER_CONCURRENCY, ...WORKER_TIMING });
  }

  async ping(): Promise<void> {
    await this.producer.ping();
  }

  close(): Promise<void> {
    this.producer.disconnect();
    this.consumer?.disconnect();
    return Promise.resolve();
  }

  private connect(options: RedisOptions): Redis {
    const client = new Redis(this.url, options);
    client.on('error', this.onError);
    return client;
  }
}
