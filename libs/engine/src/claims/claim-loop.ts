import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { DatabaseUnavailable } from '@workflows/ports';
import { DatabaseClock } from './database-clock.js';
import { Room } from './room.js';

/** How long to leave something alone that somebody else has locked; such locks last as long as one statement. */
const LOCKED_PAUSE_MS = 5;

/** What a claim brings, whatever it is that was claimed. */
export interface Claimed<Item> {
  /** Database time of the claim, ISO 8601 in UTC. */
  now: string;
  /** Something ready was left: claim again. */
  more: boolean;
  /** For the next claim: the walk over tenants goes on behind it. */
  after: string;
  items: Item[];
}

/** When an item was claimed, on both clocks. */
export interface ClaimTime {
  clock: DatabaseClock;
  /** Monotonic time at which the claim was asked for; its lease counts from here. */
  askedAt: number;
}

export interface ClaimLoopOptions<Item> {
  /** What is claimed, in a word for the log. */
  what: string;
  /** Items under way at once, and items per claim. */
  concurrency: number;
  batch: number;
  claim: (limit: number, after: string) => Promise<Claimed<Item>>;
  /** Must not reject: what goes wrong with one item is its own. */
  work: (item: Item, time: ClaimTime) => Promise<void>;
}

/**
 * Answers a bell: claims batches and starts work on what they bring, without waiting for its end, until nothing ready is
 * left. Waits only for room.
 */
export class ClaimLoop<Item> {
  private readonly logger = new Logger(ClaimLoop.name);
  private readonly room: Room;
  private after = '';
  private hasBacklog = false;
  private stopping = false;

  constructor(private readonly options: ClaimLoopOptions<Item>) {
    this.room = new Room(options.concurrency);
  }

  get isStopping(): boolean {
    return this.stopping;
  }

  async answer(): Promise<void> {
    try {
      let more = true;
      while (more && !this.stopping) {
        await this.room.forAtLeast(Math.min(this.options.batch, Math.ceil(this.options.concurrency / 8)));
        more = await this.claim();
      }
    } catch (error) {
      // What was to be claimed stays ready in Postgres; the sweeper looks again when the database is back.
      this.logger.warn({
        msg: `Cannot claim ${this.options.what}`,
        unavailable: error instanceof DatabaseUnavailable,
        err: error,
      });
    }
  }

  /**
   * How many items may be taken past the bell: none while the last claim left something ready, because whoever waits has
   * his turn first, and none at a stop.
   */
  spare(): number {
    if (this.stopping || this.hasBacklog) return 0;
    // What was begun past the bell may have filled more than there was.
    return Math.max(0, Math.min(this.options.batch, this.room.left));
  }

  /** Starts work on what was claimed elsewhere in this process. */
  begin(items: readonly Item[], time: ClaimTime): void {
    for (const item of items) void this.room.take(() => this.options.work(item, time));
  }

  /** Claims nothing more and waits until what is under way has been given back. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.room.empty();
  }

  private async claim(): Promise<boolean> {
    const askedAt = performance.now();
    const claimed = await this.options.claim(Math.min(this.options.batch, this.room.left), this.after);
    this.after = claimed.after;
    const time: ClaimTime = { clock: new DatabaseClock(claimed.now, askedAt), askedAt };
    this.hasBacklog = claimed.more;
    this.begin(claimed.items, time);
    // Somebody is just writing to the only things that are ready.
    if (claimed.more && claimed.items.length === 0) await pause(LOCKED_PAUSE_MS);
    return claimed.more;
  }
}
