import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { CancelOrder, RunAtWork } from '@workflows/ports';
import { OrderStore } from '@workflows/storage';

/** How often to look. Most calls are over before the first look, so a calm process makes none. */
const LOOK_EVERY_MS = 1_000;

interface Watched {
  run: RunAtWork;
  tell: (order: CancelOrder) => void;
}

/**
 * Tells a worker that waits for a service that its run has been cancelled. The order is a letter behind the worker's
 * claim, which nobody else can read before the call has ended; one look a second asks for all runs of this process.
 */
@Injectable()
export class CancelWatch implements OnApplicationShutdown {
  private readonly logger = new Logger(CancelWatch.name);
  private readonly watched = new Set<Watched>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly orders: OrderStore) {}

  /** `tell` is called at most once. Release it when the run has no more calls under way. */
  watch(run: RunAtWork, tell: (order: CancelOrder) => void): { release: () => void } {
    const entry: Watched = { run, tell };
    this.watched.add(entry);
    this.lookLater();
    return { release: () => this.watched.delete(entry) };
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  private lookLater(): void {
    this.timer ??= setTimeout(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  private async look(): Promise<void> {
    const entries = [...this.watched];
    try {
      const found = entries.length === 0 ? [] : await this.orders.unreadCancels(entries.map(({ run }) => run));
      for (const [index, entry] of entries.entries()) {
        const order = found[index] ?? null;
        if (order !== null && this.watched.delete(entry)) entry.tell(order);
      }
    } catch (error) {
      // The run then reads its letter when the call has ended, as it would without a watch.
      this.logger.warn({ msg: 'Cannot look for cancelled runs', err: error });
    } finally {
      this.timer = undefined;
      if (this.watched.size > 0) this.lookLater();
    }
  }
}
