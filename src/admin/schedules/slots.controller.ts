import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import type { SlotOrder } from '@workflows/ports';
import { ScheduleStore } from '@workflows/storage';
import { CurrentCaller, Needs } from '../../access/access.decorators.js';
import { type Caller, nameOf } from '../../access/caller.js';
import { RecordedWithChange } from '../../audit/audit.decorators.js';
import { Operation } from '../../http/operation.js';
import { PageQuery, pageOf } from '../../http/paging.js';
import { notFound } from '../../problems/refusal.js';
import { ASlotTime } from './slot-time.js';
import { SlotPage, SlotView } from './schedules.dto.js';

const ORDERING = {
  status: 200,
  type: SlotView,
  refusals: { 400: 'The slot has another form.', 404: 'There is no such slot.', 409: 'The slot has ended.' },
};

/** Slots of a schedule that fire, or have fired. */
@ApiTags('Schedules')
@RecordedWithChange()
@Controller('v1/schedules/:workflowId/:trigger/slots')
export class SlotsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly store: ScheduleStore,
  ) {}

  @Get()
  @Needs('read')
  @Operation({
    summary: 'List the slots of a schedule with what they have started, newest first',
    type: SlotPage,
    refusals: { 400: 'The page is wrong.', 404: 'There is no such schedule, and never was.' },
  })
  async list(
    @Param('workflowId') workflowId: string,
    @Param('trigger') trigger: string,
    @Query() query: PageQuery,
  ): Promise<SlotPage> {
    const { tenantId } = this.scope;
    const page = await this.store.slots(tenantId, workflowId, trigger, pageOf(query));
    // Slots outlive the schedule that they were of.
    const isKnown = page.items.length > 0 || (await this.store.get(tenantId, workflowId, trigger)) !== null;
    if (!isKnown) throw notFound('schedule');
    return page;
  }

  @Post(':slot/pause')
  @Needs('write')
  @Operation({ summary: 'Start no more runs of a slot for now; doing it again is harmless', ...ORDERING })
  pause(
    @Param('workflowId') workflowId: string,
    @Param('trigger') trigger: string,
    @Param('slot', ASlotTime) slot: string,
    @CurrentCaller() caller: Caller,
  ): Promise<SlotView> {
    return this.order({ workflowId, trigger, slot }, 'pause', caller);
  }

  @Post(':slot/resume')
  @Needs('write')
  @Operation({ summary: 'Go on with a paused slot where it was; doing it again is harmless', ...ORDERING })
  resume(
    @Param('workflowId') workflowId: string,
    @Param('trigger') trigger: string,
    @Param('slot', ASlotTime) slot: string,
    @CurrentCaller() caller: Caller,
  ): Promise<SlotView> {
    return this.order({ workflowId, trigger, slot }, 'resume', caller);
  }

  @Post(':slot/cancel')
  @Needs('write')
  @Operation({
    summary: 'Start no more runs of a slot; those that were started go on. Doing it again is harmless',
    ...ORDERING,
  })
  cancel(
    @Param('workflowId') workflowId: string,
    @Param('trigger') trigger: string,
    @Param('slot', ASlotTime) slot: string,
    @CurrentCaller() caller: Caller,
  ): Promise<SlotView> {
    return this.order({ workflowId, trigger, slot }, 'cancel', caller);
  }

  private order(
    slot: { workflowId: string; trigger: string; slot: string },
    order: SlotOrder,
    caller: Caller,
  ): Promise<SlotView> {
    return this.store.orderSlot(this.scope.tenantId, { ...slot, order, actor: nameOf(caller) });
  }
}
