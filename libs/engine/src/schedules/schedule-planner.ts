import { Inject, Injectable, Logger } from '@nestjs/common';
import { type ClaimedSchedule, crashPoint, type PlannedSchedule } from '@workflows/ports';
import { ScheduleStore } from '@workflows/storage';
import { ENGINE_OPTIONS, type EngineOptions } from '../engine-options.js';
import { PublishedWorkflows } from '../triggers/published-workflows.js';
import { fireAt } from './jitter.js';
import { CATCH_UPS, planSlots } from './plan-slots.js';

/** Schedules that are planned in one call: each is a row and its slots, written in one transaction. */
const BATCH = 100;

/** Makes rows of slots that have come. That a slot can be a row only once is what makes it fire once. */
@Injectable()
export class SchedulePlanner {
  private readonly logger = new Logger(SchedulePlanner.name);

  constructor(
    @Inject(ENGINE_OPTIONS) private readonly options: EngineOptions,
    private readonly store: ScheduleStore,
    private readonly workflows: PublishedWorkflows,
  ) {}

  /** Plans every schedule that is due; `goOn` is asked before each batch. */
  async planAll(goOn: () => boolean): Promise<void> {
    for (let more = true; more && goOn();) {
      const claim = await this.store.claim(BATCH, this.options.leaseMs);
      more = claim.more && claim.schedules.length > 0;
      if (claim.schedules.length === 0) continue;
      crashPoint('schedules.after-claim');
      const planned = await Promise.all(claim.schedules.map((schedule) => this.plan(schedule, claim.now)));
      await this.store.advance(planned.filter((plan) => plan !== null));
      crashPoint('schedules.after-plan');
    }
  }

  /** Null: the version cannot be read here. The schedule comes again by itself, later each time, and holds up no other. */
  private async plan(schedule: ClaimedSchedule, now: string): Promise<PlannedSchedule | null> {
    const { tenantId, workflowId, trigger, versionId, revision, plannedUntil, zone, tries } = schedule;
    try {
      const graph = await this.workflows.graph(tenantId, versionId);
      const { cron, catchUp, jitter } = graph.triggers[trigger]?.definition ?? {};
      if (typeof cron !== 'string') throw new Error(`The version has no schedule "${trigger}"`);
      const { slots, nextAt } = planSlots({
        cron: { cron, timezone: zone },
        catchUp: CATCH_UPS.find((known) => known === catchUp) ?? 'skip',
        plannedUntil,
        now,
      });
      const key = [tenantId, workflowId, trigger];
      const firing = slots.map((slot) => ({ slot, fireAt: fireAt(key, slot, jitter) }));
      return { tenantId, workflowId, trigger, versionId, revision, plannedUntil: now, nextAt, slots: firing };
    } catch (error) {
      const msg = 'A schedule could not be planned; it is tried again later';
      this.logger.error({ msg, tenantId, workflowId, trigger, tries, err: error });
      return null;
    }
  }
}
