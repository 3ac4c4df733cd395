import { Inject, Injectable, Logger } from '@nestjs/common';
import { type ClaimedEvent, crashPoint, Doorbell } from '@workflows/ports';
import { EventStore } from '@workflows/storage';
import { ClaimLoop } from '../claims/claim-loop.js';
import { ENGINE_OPTIONS, type EngineOptions } from '../engine-options.js';
import { EventStarts } from './event-starts.js';

/** Events under way at once: each is a few short calls, and runs are advanced in the same process. */
const CONCURRENCY = 32;

/** Waits that are told in one call: the mailboxes of all of them are locked as long as it takes. */
const WAITS_PER_PAGE = 200;

/** An event, with how often its tenant had published when it was claimed. */
type EventWithRevision = ClaimedEvent & { revision: number };

/**
 * Answers the bell `events`: tells those who wait for each event, starts what it starts, and marks it as done. Whatever it writes has a key of its own
 * for each event and receiver, so an event that is taken up twice, at once or after a crash, is dispatched once.
 */
@Injectable()
export class EventDispatcher {
  private readonly logger = new Logger(EventDispatcher.name);
  private readonly loop: ClaimLoop<EventWithRevision>;

  constructor(
    @Inject(ENGINE_OPTIONS) private readonly options: EngineOptions,
    private readonly events: EventStore,
    private readonly starts: EventStarts,
    private readonly doorbell: Doorbell,
  ) {
    this.loop = new ClaimLoop({
      what: 'events',
      concurrency: CONCURRENCY,
      batch: CONCURRENCY,
      claim: (limit, after) => this.claim(limit, after),
      work: (event) => this.dispatch(event),
    });
  }

  async start(): Promise<void> {
    await this.doorbell.listen('events', () => this.loop.answer());
  }

  /** Claims nothing more and waits for the events that are under way. */
  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async claim(limit: number, after: string) {
    const { events, revisions, ...claim } = await this.events.claim(limit, this.options.leaseMs, after);
    if (events.length > 0) crashPoint('events.after-claim');
    return { ...claim, items: events.map((event) => ({ ...event, revision: revisions[event.tenantId] ?? 0 })) };
  }

  /** Never rejects: an event that cannot be dispatched comes again by itself, later each time, and holds up no other. */
  private async dispatch({ revision, ...event }: EventWithRevision): Promise<void> {
    const { tenantId, id, name, tries } = event;
    try {
      if (event.key !== null) await this.tell(event);
      await this.starts.start(event, revision);
      crashPoint('events.before-finish');
      await this.events.finish(event);
    } catch (error) {
      this.logger.error({
        msg: 'An event could not be dispatched; it is tried again later',
        tenantId,
        eventId: id,
        name,
        tries,
        err: error,
      });
    }
  }

  private async tell(event: ClaimedEvent): Promise<void> {
    for (let after: number | null = 0; after !== null;) {
      const page = await this.events.waits(event, after, WAITS_PER_PAGE);
      if (page.waits.length > 0 && (await this.events.deliver(event, page.waits)) > 0) this.doorbell.ring('advance');
      after = page.after;
    }
  }
}
