import { Injectable } from '@nestjs/common';
import {
  type ClaimedEvent,
  Database,
  type EventClaim,
  type EventFilter,
  type EventRecord,
  type EventWait,
  type Page,
  type PageRequest,
} from '@workflows/ports';
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

  /**
   * Who waits for an event at this moment, a page at a time. `after`: the `after` of the page before, 0 at first. Whoever
   * begins to wait later has found the event by itself.
   */
  waits({ tenantId, id }: EventId, after: number, limit: number): Promise<{ waits: EventWait[]; after: number | null }> {
    return this.database.call('waits_for_event', { p_tenant: tenantId, p_event: id, p_after: after, p_limit: limit });
  }

  /** Tells these waits of the event, once for each. Resolves with how many letters were written: above 0 means ring. */
  deliver({ tenantId, id }: EventId, waits: EventWait[]): Promise<number> {
    return this.database.call('deliver_event', { p_tenant: tenantId, p_event: id, p_waits: waits });
  }

  /** An event from outside. Resolves with false when there is one of this id already, which stays as it is. */
  emit(tenantId: string, event: Pick<ClaimedEvent, 'id' | 'name' | 'key' | 'data' | 'source'>): Promise<boolean> {
    return this.database.callAsTenant(tenantId, 'emit_event', { p: event });
  }

  /** Newest first. */
  list(tenantId: string, filter: EventFilter, page: PageRequest): Promise<Page<EventRecord>> {
    return this.database.callAsTenant(tenantId, 'list_events', { p_filter: filter, p_limit: page.limit, p_cursor: page.cursor });
  }

  get(tenantId: string, id: string): Promise<EventRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_event', { p_id: id });
  }

  /** Everybody has been told: the event is not taken up again. */
  async finish({ tenantId, id }: EventId): Promise<void> {
    await this.finishes.add({ tenantId, id });
  }
}
