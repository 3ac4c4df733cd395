import type { JobsOptions } from 'bullmq';

/** What a bell needs of BullMQ's Queue and Worker, whatever server is beneath: their own types name the server. */
export interface BellQueue {
  add(name: string, data: object, options: JobsOptions): Promise<{ remove(): Promise<void> }>;
  getJob(id: string): Promise<{ returnvalue: unknown } | undefined>;
  on(event: 'error', report: (error: Error) => void): unknown;
  close(): Promise<void>;
}

export interface BellWorker {
  waitUntilReady(): Promise<unknown>;
  on(event: 'error', report: (error: Error) => void): unknown;
  on(event: 'failed', report: (job: unknown, error: Error) => void): unknown;
  pause(doNotWaitActive: boolean): Promise<void>;
  close(force?: boolean): Promise<void>;
}

export type BellProcessor = (job: { name: string; id?: string | undefined }) => Promise<string | undefined>;

/** What the doorbell needs of a server that BullMQ runs on. Connections are shared, because databases count them. */
export interface QueueBackend {
  createQueue(name: string): BellQueue;
  createWorker(name: string, processor: BellProcessor): BellWorker;
  /** Rejects when the server does not answer. */
  ping(): Promise<void>;
  /** Frees the shared connections; queues and workers are closed before. */
  close(): Promise<void>;
}

export type QueueConnection =
  | {
      kind: 'redis';
      /** `redis://` or `rediss://`. */
      url: string;
    }
  | {
      kind: 'postgres';
      /** Must allow LISTEN: a direct or a session-mode connection, not a transaction pooler. */
      url: string;
      /** Role that the connections act as; the login must be a member of it. Default `wf_app`. */
      role?: string;
    };

/**
 * A job whose worker died is handed on after at most lock + check: these bound how long rings go unheard after a
 * kill -9. A worker that only stalls may see its job doubled, which a doorbell does not mind.
 */
export const WORKER_TIMING = { lockDuration: 4000, stalledInterval: 2000, maxStalledCount: 1_000_000 };

/** The answers themselves bound the work: one ring is active at a time. The second slot is for nonces. */
export const WORKER_CONCURRENCY = 2;
