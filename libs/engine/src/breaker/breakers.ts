import { Injectable, Logger } from '@nestjs/common';
import type { Failure } from '@workflows/core';
import { LRUCache } from 'lru-cache';
import { Metrics } from '../metrics/metrics.js';
import { type CallOutcome, Circuit } from './circuit.js';

/** Whom a call goes to, for whom, and as whom: a key that a service refuses must not stop those with another one. */
export interface Line {
  tenantId: string;
  host: string;
  credential: string | undefined;
}

/** At most so many lines are known at once; the one that was used longest ago is forgotten, which closes it. */
const MOST_LINES = 10_000;

/**
 * Keeps a service that is down from being asked by every run that needs it. Each process learns for itself: that bounds the
 * calls by the number of workers, and a call costs no look at what others know.
 */
@Injectable()
export class Breakers {
  private readonly logger = new Logger(Breakers.name);
  private readonly circuits = new LRUCache<string, Circuit>({ max: MOST_LINES });

  constructor(private readonly metrics: Metrics) {}

  /** Makes the call, and hands on what it gives; or does not, and says why. `read` says what the answer tells of the service. */
  async through<Answer>(
    line: Line,
    call: () => Promise<Answer>,
    read: (answer: Answer) => CallOutcome,
  ): Promise<{ called: true; answer: Answer } | { called: false; failure: Failure }> {
    const circuit = this.circuitOf(line);
    const admission = circuit.admit(performance.now());
    if (!admission.admitted) {
      this.metrics.breakerRefusals.inc();
      return { called: false, failure: refusal(admission.retryInMs) };
    }
    let outcome: CallOutcome = 'neither';
    try {
      const answer = await call();
      outcome = read(answer);
      return { called: true, answer };
    } finally {
      if (circuit.settle(admission.period, outcome, performance.now())) this.opened(line);
    }
  }

  private opened({ tenantId, host }: Line): void {
    this.metrics.breakersOpened.inc();
    this.logger.warn({ msg: 'A service has failed time after time and is not asked for a while', tenantId, host });
  }

  private circuitOf({ tenantId, host, credential = '' }: Line): Circuit {
    const key = JSON.stringify([tenantId, host, credential]);
    const known = this.circuits.get(key);
    if (known !== undefined) return known;
    const circuit = new Circuit();
    this.circuits.set(key, circuit);
    return circuit;
  }
}

function refusal(retryInMs: number): Failure {
  return {
    code: 'network',
    kind: 'retryable',
    message:
      'The request was not sent: the service has failed time after time, and is not asked for a while. It is tried again by itself; look into the service.',
    // Those that were refused together must not come back together.
    retryAfterMs: Math.ceil(retryInMs * (1 + Math.random())),
    details: { breaker: 'open' },
  };
}
