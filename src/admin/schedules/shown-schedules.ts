import { Injectable } from '@nestjs/common';
import { nextSlot, slotsAfter, WorkflowError } from '@workflows/core';
import { audienceOf, Audiences, AudienceMissing, PublishedWorkflows, paceOf } from '@workflows/engine';
import type { ScheduleRecord } from '@workflows/ports';
import { ScheduleStore } from '@workflows/storage';
import { conflict, notFound } from '../../problems/refusal.js';
import type { AudienceView, ScheduleView } from './schedules.dto.js';

const SLOTS_SHOWN = 10;

/** Schedules as their tenant sees them: with what comes next, and whom it would reach. */
@Injectable()
export class ShownSchedules {
  constructor(
    private readonly store: ScheduleStore,
    private readonly workflows: PublishedWorkflows,
    private readonly audiences: Audiences,
  ) {}

  async get(tenantId: string, workflowId: string, trigger: string): Promise<ScheduleView> {
    return shown(await this.record(tenantId, workflowId, trigger));
  }

  /** Whom the next slot would start runs for, if it came now. Nothing is started. */
  async audience(tenantId: string, workflowId: string, trigger: string): Promise<AudienceView> {
    const { cron, zone, plannedUntil } = await this.record(tenantId, workflowId, trigger);
    const published = (await this.workflows.latest(tenantId)).find((workflow) => workflow.workflowId === workflowId);
    const compiled = published?.graph.triggers[trigger];
    const audience = compiled === undefined ? null : audienceOf(compiled);
    if (compiled === undefined || audience === null) {
      throw conflict(
        'The schedule has no "audience": each of its slots starts one run. Give its trigger an audience to have more.',
      );
    }
    const slot = nextSlot({ cron, timezone: zone }, plannedUntil) ?? plannedUntil;
    try {
      const runs = await this.audiences.count(tenantId, compiled, audience, { id: slot, trigger, type: 'schedule', slot });
      const { maxRuns, perMinute } = audience;
      const { rows, everyMs } = paceOf(perMinute);
      return { slot, runs, maxRuns, minutes: Math.ceil((Math.ceil(runs / rows) * everyMs) / 60_000) };
    } catch (error) {
      if (error instanceof AudienceMissing) throw conflict(error.message);
      if (error instanceof WorkflowError)
        throw conflict(`The conditions of the audience cannot be computed: ${error.failure.message}`);
      throw error;
    }
  }

  private async record(tenantId: string, workflowId: string, trigger: string): Promise<ScheduleRecord> {
    const schedule = await this.store.get(tenantId, workflowId, trigger);
    if (schedule === null) throw notFound('schedule');
    return schedule;
  }
}

/** Slots are counted from what was planned, so that the same ones are shown until they have come. */
export function shown({ plannedUntil, ...schedule }: ScheduleRecord): ScheduleView {
  const { cron, zone: timezone, pausedAt } = schedule;
  const nextSlots = pausedAt === null ? slotsAfter({ cron, timezone }, plannedUntil, SLOTS_SHOWN) : [];
  return { ...schedule, nextSlots };
}
