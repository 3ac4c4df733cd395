import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@workflows/core';
import {
  type AudienceSearch,
  Database,
  type Page,
  type PageRequest,
  type PlannedSchedule,
  type ScheduleClaim,
  type ScheduleRecord,
  type SlotClaim,
  type SlotOrder,
  type SlotProgress,
  type SlotRecord,
} from '@workflows/ports';

/** Rows of an audience; `missing`: there is no such table any more. */
export type AudienceRows = { outcome: 'found'; rows: Array<JsonObject & { id: string }> } | { outcome: 'missing' };

/** Schedules of tenants, and their slots on the way to the runs that they start. */
@Injectable()
export class ScheduleStore {
  constructor(private readonly database: Database) {}

  /** Takes up to `limit` schedules whose next slot has come. One that is not advanced comes again after `retryMs`, later each time. */
  claim(limit: number, retryMs: number): Promise<ScheduleClaim> {
    return this.database.call('claim_schedules', { p_limit: limit, p_retry_ms: retryMs });
  }

  /** Makes rows of slots. Resolves with how many were made: those that there were already, and schedules that have changed, make none. */
  advance(planned: readonly PlannedSchedule[]): Promise<number> {
    return this.database.call('advance_schedules', { p: planned });
  }

  /** Takes up to `limit` slots that are to start runs, shared fairly between tenants; `after` as in MailboxStore.claim. */
  claimSlots(limit: number, retryMs: number, after: string): Promise<SlotClaim> {
    return this.database.call('claim_slots', { p_limit: limit, p_retry_ms: retryMs, p_after: after });
  }

  /** Writes down what a slot has started. Resolves with false when somebody else has written the same down already. */
  advanceSlot(progress: SlotProgress): Promise<boolean> {
    return this.database.call('advance_slot', { p: progress });
  }

  /** Drops slots that ended long ago, a batch of them: how many. */
  forgetSlots(limit: number): Promise<number> {
    return this.database.call('forget_slots', { p_limit: limit });
  }

  /** The next rows of an audience, by id. */
  audience(tenantId: string, search: AudienceSearch): Promise<AudienceRows> {
    return this.database.callAsTenant(tenantId, 'audience_rows', { p: search });
  }

  /** How many rows an audience has, counted up to `limit`. */
  count(
    tenantId: string,
    search: Omit<AudienceSearch, 'after'>,
  ): Promise<{ outcome: 'found'; rows: number } | { outcome: 'missing' }> {
    return this.database.callAsTenant(tenantId, 'audience_count', { p: search });
  }

  /** By workflow and trigger. */
  list(tenantId: string, workflowId: string | undefined, page: PageRequest): Promise<Page<ScheduleRecord>> {
    const args = { p_workflow: workflowId ?? null, p_limit: page.limit, p_cursor: page.cursor };
    return this.database.callAsTenant(tenantId, 'list_schedules', args);
  }

  get(tenantId: string, workflowId: string, trigger: string): Promise<ScheduleRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_schedule', { p_workflow: workflowId, p_trigger: trigger });
  }

  /** Rejects with DatabaseRefusal `not_found`. Doing it again changes nothing. */
  pause(
    tenantId: string,
    schedule: { workflowId: string; trigger: string; paused: boolean; actor: string },
  ): Promise<ScheduleRecord> {
    return this.database.callAsTenant(tenantId, 'pause_schedule', { p: schedule });
  }

  /** Newest first. */
  slots(tenantId: string, workflowId: string, trigger: string, page: PageRequest): Promise<Page<SlotRecord>> {
    const args = { p_workflow: workflowId, p_trigger: trigger, p_limit: page.limit, p_cursor: page.cursor };
    return this.database.callAsTenant(tenantId, 'list_slots', args);
  }

  /** Rejects with DatabaseRefusal `not_found`, or `conflict` when the slot has ended. Doing it again changes nothing. */
  orderSlot(
    tenantId: string,
    order: { workflowId: string; trigger: string; slot: string; order: SlotOrder; actor: string },
  ): Promise<SlotRecord> {
    return this.database.callAsTenant(tenantId, 'order_slot', { p: order });
  }
}
