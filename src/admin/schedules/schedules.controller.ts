import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { ScheduleStore } from '@workflows/storage';
import { CurrentCaller, Needs } from '../../access/access.decorators.js';
import { type Caller, nameOf } from '../../access/caller.js';
import { RecordedWithChange } from '../../audit/audit.decorators.js';
import { Operation } from '../../http/operation.js';
import { pageOf } from '../../http/paging.js';
import { AudienceView, SchedulePage, ScheduleQuery, ScheduleView } from './schedules.dto.js';
import { shown, ShownSchedules } from './shown-schedules.js';

const NO_SCHEDULE = { 404: 'There is no such schedule in a published version.' };

/** The schedule triggers of the tenant's published workflows. */
@ApiTags('Schedules')
@RecordedWithChange()
@Controller('v1/schedules')
export class SchedulesController {
  constructor(
    private readonly scope: TenantScope,
    private readonly store: ScheduleStore,
    private readonly schedules: ShownSchedules,
  ) {}

  @Get()
  @Needs('read')
  @Operation({
    summary: 'List the schedules, by workflow and trigger, with their next ten slots',
    type: SchedulePage,
    refusals: { 400: 'A filter is wrong.' },
  })
  async list(@Query() query: ScheduleQuery): Promise<SchedulePage> {
    const { items, nextCursor } = await this.store.list(this.scope.tenantId, query.workflow, pageOf(query));
    return { items: items.map(shown), nextCursor };
  }

  @Get(':workflowId/:trigger')
  @Needs('read')
  @Operation({ summary: 'Get a schedule with its next ten slots', type: ScheduleView, refusals: NO_SCHEDULE })
  get(@Param('workflowId') workflowId: string, @Param('trigger') trigger: string): Promise<ScheduleView> {
    return this.schedules.get(this.scope.tenantId, workflowId, trigger);
  }

  @Get(':workflowId/:trigger/audience')
  @Needs('read')
  @Operation({
    summary: 'Count whom the next slot would start runs for; starts nothing',
    type: AudienceView,
    refusals: { ...NO_SCHEDULE, 409: 'The schedule has no audience, or its table is gone.' },
  })
  audience(@Param('workflowId') workflowId: string, @Param('trigger') trigger: string): Promise<AudienceView> {
    return this.schedules.audience(this.scope.tenantId, workflowId, trigger);
  }

  @Post(':workflowId/:trigger/pause')
  @Needs('write')
  @Operation({
    summary: 'Pause a schedule: slots that come meanwhile are passed over; doing it again is harmless',
    status: 200,
    type: ScheduleView,
    refusals: NO_SCHEDULE,
  })
  pause(
    @Param('workflowId') workflowId: string,
    @Param('trigger') trigger: string,
    @CurrentCaller() caller: Caller,
  ): Promise<ScheduleView> {
    return this.set({ workflowId, trigger, paused: true }, caller);
  }

  @Post(':workflowId/:trigger/resume')
  @Needs('write')
  @Operation({
    summary: 'Let a paused schedule go on from now; doing it again is harmless',
    status: 200,
    type: ScheduleView,
    refusals: NO_SCHEDULE,
  })
  resume(
    @Param('workflowId') workflowId: string,
    @Param('trigger') trigger: string,
    @CurrentCaller() caller: Caller,
  ): Promise<ScheduleView> {
    return this.set({ workflowId, trigger, paused: false }, caller);
  }

  private async set(wanted: { workflowId: string; trigger: string; paused: boolean }, caller: Caller): Promise<ScheduleView> {
    return shown(await this.store.pause(this.scope.tenantId, { ...wanted, actor: nameOf(caller) }));
  }
}
