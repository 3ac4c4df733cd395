import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, Doorbell } from '@workflows/ports';

const PING_MS = 500;
const ROUND_TRIP_MS = 5_000;
const RETRY_MS = 1_000;

export interface ReadinessReport {
  ready: boolean;
  /** Why not, by check; empty when ready. */
  waitingFor: Record<string, string>;
}

/** May this process be given traffic? The queue is tried once, at boot: later the sweeper covers for it. */
@Injectable()
export class Readiness implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Readiness.name);
  private queueTried = false;
  private draining = false;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly doorbell: Doorbell,
  ) {}

  /** Does not wait: the process may have to listen before the worker that answers is there. */
  onApplicationBootstrap(): void {
    void this.tryQueue();
  }

  /** From here on load balancers are told to send nothing more. */
  drain(): void {
    this.draining = true;
    clearTimeout(this.retry);
  }

  get isDraining(): boolean {
    return this.draining;
  }

  beforeApplicationShutdown(): void {
    this.drain();
  }

  async report(): Promise<ReadinessReport> {
    const waitingFor: Record<string, string> = {};
    if (this.draining) waitingFor['process'] = 'The process is stopping.';
    if (!this.queueTried)
      waitingFor['queue'] = 'No ring has come back through the queue yet. Is a process with ROLE=worker or ROLE=all running?';
    const database = await this.database.ping(PING_MS).then(
      () => undefined,
      () => `The database does not answer within ${PING_MS} ms.`,
    );
    if (database !== undefined) waitingFor['database'] = database;
    return { ready: Object.keys(waitingFor).length === 0, waitingFor };
  }

  private async tryQueue(): Promise<void> {
    try {
      await this.doorbell.roundTrip(ROUND_TRIP_MS);
      this.queueTried = true;
    } catch (error) {
      if (this.draining) return;
      this.logger.warn({ msg: 'No ring came back through the queue; trying again', err: error });
      this.retry = setTimeout(() => void this.tryQueue(), RETRY_MS).unref();
    }
  }
}
