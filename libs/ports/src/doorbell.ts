/**
 * Says "there is work" to some worker, and nothing else. Rings may be lost, doubled, delayed or collapsed at any time:
 * Postgres is the truth, and the sweeper rings again for whatever a lost ring left behind.
 */
export abstract class Doorbell {
  /** Rings without waiting for anybody. Collapsed with a ring that nobody has answered yet. Never throws. */
  abstract ring(bell: BellName): void;

  /** Rings in this process alone, past the queue, so that work goes on while the queue is down. Nothing where nobody listens. */
  abstract knock(bell: BellName): void;

  /** Answers a bell in this process. A ring during `answer` leads to one more call of it. */
  abstract listen(bell: BellName, answer: () => Promise<void>): Promise<void>;

  /** Sends a nonce through the queue and resolves when a listener of this deployment has read it back. */
  abstract roundTrip(timeoutMs: number): Promise<void>;

  /** Is the queue reachable at this moment? For health only. */
  abstract isConnected(): Promise<boolean>;

  /** Stops listening: no new answer starts, running ones are awaited up to `timeoutMs`. */
  abstract close(timeoutMs: number): Promise<void>;
}

/** `advance`: mailboxes are ready. `outbound`: messages wait to be sent. `events`: events wait to be dispatched. */
export type BellName = 'advance' | 'outbound' | 'events';
