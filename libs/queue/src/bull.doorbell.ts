import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Doorbell, type BellName } from '@workflows/ports';
import type { JobsOptions } from 'bullmq';
import { Coalesced } from './coalesced.js';
import { OutageLog } from './outage-log.js';
import { PostgresBackend } from './postgres.backend.js';
import { queueName } from './queue-names.js';
import type { BellQueue, BellWorker, QueueBackend, QueueConnection } from './queue.backend.js';
import { RedisBackend } from './redis.backend.js';

const logger = new Logger('Doorbell');

const NONCE = 'nonce';

/** How long after a ring that the queue refused it is tried again. */
const RETRY_RING_MS = 1000;

/**
 * The doorbell on BullMQ. One queue per bell; all rings of a bell carry the same deduplication id, so that at most one
 * is active and one waits in the whole deployment.
 */
@Injectable()
export class BullDoorbell extends Doorbell {
  private readonly log = new OutageLog(new Logger('Queue'));
  private readonly backend: QueueBackend;
  private readonly bells = new Map<BellName, Bell>();
  private closing: Promise<void> | null = null;

  constructor(connection: QueueConnection) {
    super();
    const onError = (error: Error): void => this.log.failed(error);
    this.backend =
      connection.kind === 'redis'
        ? new RedisBackend(connection.url, onError)
        : new PostgresBackend(connection.url, connection.role ?? 'wf_app', onError);
  }

  override ring(bell: BellName): void {
    if (!this.closing) this.bell(bell).ring();
  }

  override knock(bell: BellName): void {
    if (!this.closing) this.bells.get(bell)?.knock();
  }

  override async listen(bell: BellName, answer: () => Promise<void>): Promise<void> {
    if (this.closing) throw new Error(`The doorbell is closed, so nothing can listen to "${bell}". Listen before close().`);
    await this.bell(bell).listen(this.backend, answer);
  }

  /** Goes through the bell `advance`, and is read by whichever process listens to that. */
  override async roundTrip(timeoutMs: number): Promise<void> {
    await withTimeout(this.bell('advance').sendNonce(), timeoutMs, () => {
      return `No listener answered through the queue within ${timeoutMs} ms. Is a process with ROLE=worker or ROLE=all running?`;
    });
  }

  override async isConnected(): Promise<boolean> {
    if (this.closing) return false;
    return withTimeout(this.backend.ping(), 1000, () => 'The queue did not answer within 1000 ms.').then(
      () => true,
      () => false,
    );
  }

  override close(timeoutMs: number): Promise<void> {
    this.closing ??= this.shutDown(timeoutMs);
    return this.closing;
  }

  private bell(name: BellName): Bell {
    let bell = this.bells.get(name);
    if (!bell) {
      bell = new Bell(name, this.backend.createQueue(queueName(name)), this.log);
      this.bells.set(name, bell);
    }
    return bell;
  }

  private async shutDown(timeoutMs: number): Promise<void> {
    await Promise.all([...this.bells.values()].map((bell) => bell.close(timeoutMs)));
    await this.backend.close();
  }
}

/** One bell: the queue that carries its rings, and the worker that answers them, if this process listens. */
class Bell {
  private readonly rings = new Coalesced(() => this.addRing());
  private readonly closed = new AbortController();
  private worker: BellWorker | null = null;
  private answers: Coalesced | null = null;

  constructor(
    private readonly name: BellName,
    private readonly queue: BellQueue,
    private readonly log: OutageLog,
  ) {
    queue.on('error', (error) => this.log.failed(error));
  }

  ring(): void {
    // addRing reports its own failures.
    void this.rings.trigger();
  }

  knock(): void {
    this.answers?.trigger().catch((error: unknown) => logger.error(`An answer to "${this.name}" failed: ${String(error)}`));
  }

  async listen(backend: QueueBackend, answer: () => Promise<void>): Promise<void> {
    if (this.worker)
      throw new Error(`"${this.name}" is already listened to in this process. Listen once and do all work in that answer.`);
    const answers = new Coalesced(answer);
    const worker = backend.createWorker(queueName(this.name), async (job) => {
      if (job.name === NONCE) return job.id;
      await answers.trigger();
      return undefined;
    });
    worker.on('error', (error) => this.log.failed(error));
    worker.on('failed', (_job, error) => logger.error(`An answer to "${this.name}" failed: ${error.message}`));
    this.worker = worker;
    this.answers = answers;
    await worker.waitUntilReady();
  }

  async sendNonce(): Promise<void> {
    const nonce = randomUUID();
    const job = await this.queue.add(NONCE, {}, { jobId: nonce, removeOnComplete: { age: 60 }, removeOnFail: true });
    while (!(await wasReadBack(this.queue, nonce))) await pause(10, undefined, { signal: this.closed.signal });
    await job.remove().catch(() => undefined);
  }

  async close(timeoutMs: number): Promise<void> {
    this.closed.abort();
    await Promise.all([this.rings.stop(), this.stopListening(timeoutMs)]);
    await this.queue.close();
  }

  private async stopListening(timeoutMs: number): Promise<void> {
    if (!this.worker || !this.answers) return;
    // Fetches no further job, and does not wait: BullMQ's own close cannot be hurried once it has begun.
    await this.worker.pause(true);
    const inTime = await withTimeout(this.answers.stop(), timeoutMs, () => 'late').then(
      () => true,
      () => false,
    );
    if (!inTime) logger.warn(`An answer to "${this.name}" still ran ${timeoutMs} ms after the stop; its leases will run out.`);
    await this.worker.close(!inTime);
  }

  private async addRing(): Promise<void> {
    while (!this.closed.signal.aborted) {
      try {
        await this.queue.add('ring', {}, ringOptions(this.name));
        this.log.recovered();
        return;
      } catch (error) {
        this.log.failed(error);
        await pause(RETRY_RING_MS, undefined, { signal: this.closed.signal }).catch(() => undefined);
      }
    }
  }
}

/** `keepLastIfActive`, because plain deduplication swallows a ring that comes during the active job's last look. */
function ringOptions(bell: BellName): JobsOptions {
  return { deduplication: { id: bell, keepLastIfActive: true }, removeOnComplete: true, removeOnFail: true };
}

async function wasReadBack(queue: BellQueue, nonce: string): Promise<boolean> {
  const job = await queue.getJob(nonce);
  return job?.returnvalue === nonce;
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number, message: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message())), timeoutMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
