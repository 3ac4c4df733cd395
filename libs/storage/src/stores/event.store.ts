import { Injectable } from '@nestjs/common';
import { type ClaimedEvent, Database, type EventClaim } from '@workflows/ports';
import { GroupCommit } from '../group-commit.js';

type EventId = Pick<ClaimedEvent, 'tenantId' | 'id'>;

const MAX_ITEMS = 200;

/** Events of tenants on their way to whoever waits for them or starts from them. */
@Injectable()
export class EventStore {
  private readonly finishes: GroupCommit<EventId, true>;

  constructor(private readonly database: Database) {
    this.finishes = new GroupCommit({
      inFlight: 1,
      maxItems: MAX_ITEMS,
      call: async (items) => {
        await database.call('finish_events', { p: items });
        return items.map(() => true);
      },
    });
  }

  /**
   * Takes up to `limit` events that are to be dispatched, shared fairly between tenants. One that is not finished comes
   * again after `retryMs`, and twice as late each further time. `after` as in MailboxStore.claim.
   */
  claim(limit: number, retryMs: number, after: string): Promise<EventClaim> {
    return this.database.call('claim_events', { p_limit: limit, p_retry_ms: retryMs, p_after: after });
  }

  /** Everybody has been told: the event is not taken up again. */
  async finish({ tenantId, id }: EventId): Promise<void> {
    await this.finishes.add({ tenantId, id });
  }
}
