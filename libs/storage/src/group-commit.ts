import { DatabaseUnavailable } from '@workflows/ports';

export interface GroupCommitOptions<Item, Result> {
  /** Calls at the same time. What arrives while all are out goes in the next. */
  inFlight: number;
  /** Most items in one call. */
  maxItems: number;
  /** At most one item of each key goes in one call; the others wait for the next. */
  key?: (item: Item) => string;
  /** Answers each item by its position, or rejects for all of them with nothing done. */
  call: (items: Item[]) => Promise<Result[]>;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Shares database calls: what comes alone goes at once, what comes together goes together. No timer delays anything;
 * the call under way is the time in which the next batch gathers.
 *
 * When a rule refuses a call of several items, they are tried one by one, so that a bad one fails alone. When the
 * database is away they all fail at once: one by one would only take longer to find the same.
 */
export class GroupCommit<Item, Result> {
  private waiting: Array<Waiting<Item, Result>> = [];
  private running = 0;

  constructor(private readonly options: GroupCommitOptions<Item, Result>) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      // In a microtask, so that what one turn of the event loop brings goes in one call.
      queueMicrotask(() => this.start());
    });
  }

  private start(): void {
    while (this.running < this.options.inFlight && this.waiting.length > 0) {
      const batch = this.take();
      this.running += 1;
      void this.run(batch).finally(() => {
        this.running -= 1;
        this.start();
      });
    }
  }

  private take(): Array<Waiting<Item, Result>> {
    const { key, maxItems } = this.options;
    const seen = new Set<string>();
    const batch: Array<Waiting<Item, Result>> = [];
    const left: Array<Waiting<Item, Result>> = [];
    for (const entry of this.waiting) {
      const name = key?.(entry.item);
      if (batch.length < maxItems && (name === undefined || !seen.has(name))) batch.push(entry);
      else left.push(entry);
      if (name !== undefined) seen.add(name);
    }
    this.waiting = left;
    return batch;
  }

  private async run(batch: Array<Waiting<Item, Result>>): Promise<void> {
    try {
      const results = await this.options.call(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, index) => {
        const result = results[index];
        if (result === undefined) reject(new Error('The database answered fewer items than it was given.'));
        else resolve(result);
      });
    } catch (error) {
      if (batch.length === 1 || error instanceof DatabaseUnavailable) batch.forEach(({ reject }) => reject(error));
      else for (const entry of batch) await this.run([entry]);
    }
  }
}
