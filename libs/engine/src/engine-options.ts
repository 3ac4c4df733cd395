/** How the engine runs in this process. All durations in milliseconds. */
export interface EngineOptions {
  /** `api` accepts, `worker` advances and sends, `all` does both. */
  role: 'api' | 'worker' | 'all';
  /** How long a worker may hold a mailbox or an outbox without a sign of life. */
  leaseMs: number;
  /** Mailboxes per claim, and how many may be under way at once. */
  claimBatch: number;
  concurrency: number;
  /** Longest pause between two sweeps: the latest that a lost ring or a timer set by another process is noticed. */
  sweepIntervalMs: number;
  /** How long to wait for a receipt before a send with an unknown result is decided by its policy. */
  unknownSendWaitMs: number;
  /** Longest wait for a provider's answer to one send. Must be well below `leaseMs`. */
  sendTimeoutMs: number;
  /** Messages a second for each connection. */
  sendsPerSecond: number;
  /** Key of the tag on effect references, at least 32 bytes. */
  effectReferenceKey: Buffer;
}

export const ENGINE_OPTIONS = Symbol('EngineOptions');

/** The defaults of the configuration. */
export const DEFAULT_ENGINE_OPTIONS: Omit<EngineOptions, 'effectReferenceKey'> = {
  role: 'all',
  leaseMs: 30_000,
  claimBatch: 64,
  concurrency: 256,
  sweepIntervalMs: 1_000,
  unknownSendWaitMs: 90_000,
  sendTimeoutMs: 15_000,
  sendsPerSecond: 80,
};
