import type { DeliveryState, LedgerEntry, ReadMark } from './records.js';

/** From a message's first state to its last. */
const STATES: readonly DeliveryState[] = ['accepted', 'sent', 'failed', 'delivered', 'read'];

interface LedgerFilter {
  /** Entries behind this sequence number. */
  after?: number;
  phoneNumberId?: string;
  waId?: string;
  effectRef?: string;
  limit?: number;
}

/** Every message that was accepted, in order. Whoever follows it waits for the next entry instead of asking again. */
export class Ledger {
  readonly reads: ReadMark[] = [];
  private entries: LedgerEntry[] = [];
  private readonly byId = new Map<string, LedgerEntry>();
  private readonly watchers = new Set<() => void>();
  private closed = false;

  append(entry: Omit<LedgerEntry, 'seq' | 'state'>): LedgerEntry {
    const appended: LedgerEntry = { seq: this.entries.length + 1, state: 'accepted', ...entry };
    this.entries.push(appended);
    this.byId.set(appended.messageId, appended);
    for (const wake of [...this.watchers]) wake();
    return appended;
  }

  find(messageId: string): LedgerEntry | undefined {
    return this.byId.get(messageId);
  }

  /** Receipts may overtake each other on the way; what a message has become, it stays. */
  setState(entry: LedgerEntry, state: DeliveryState): void {
    if (STATES.indexOf(state) > STATES.indexOf(entry.state)) entry.state = state;
  }

  list({ after = 0, phoneNumberId, waId, effectRef, limit = 1000 }: LedgerFilter): LedgerEntry[] {
    return this.entries
      .slice(after)
      .filter((entry) => phoneNumberId === undefined || entry.phoneNumberId === phoneNumberId)
      .filter((entry) => waId === undefined || entry.waId === waId)
      .filter((entry) => effectRef === undefined || entry.effectRef === effectRef)
      .slice(0, limit);
  }

  /** As `list`, but when it would be empty it waits for a fitting entry, for at most `waitMs`. */
  async follow(filter: LedgerFilter, waitMs: number): Promise<LedgerEntry[]> {
    const until = performance.now() + waitMs;
    let found = this.list(filter);
    while (found.length === 0 && performance.now() < until && !this.closed) {
      await this.nextChange(until - performance.now());
      found = this.list(filter);
    }
    return found;
  }

  reset(): void {
    this.entries = [];
    this.byId.clear();
    this.reads.length = 0;
  }

  /** Lets everybody who waits go, so that the server can stop. */
  close(): void {
    this.closed = true;
    for (const wake of [...this.watchers]) wake();
  }

  private nextChange(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.watchers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.watchers.add(wake);
    });
  }
}
