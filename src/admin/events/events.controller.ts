import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { TenantScope, Workflows } from '@workflows/engine';
import { EventStore } from '@workflows/storage';
import { CurrentCaller, Needs } from '../../access/access.decorators.js';
import { type Caller, nameOf } from '../../access/caller.js';
import { RecordedAs } from '../../audit/audit.decorators.js';
import { AnId } from '../../http/id-pipe.js';
import { checkedKey } from '../../http/idempotency-key.js';
import { Operation } from '../../http/operation.js';
import { pageOf } from '../../http/paging.js';
import { notFound } from '../../problems/refusal.js';
import { EmitEventBody, EmittedEventView, EventPage, EventQuery, EventView } from './events.dto.js';

/** Events of the tenant: what has happened, told by its runs and by systems outside. */
@ApiTags('Events')
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly workflows: Workflows,
    private readonly events: EventStore,
  ) {}

  @RecordedAs('event.emit')
  @Post()
  @Needs('write')
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Up to 200 characters. A repeat within 8 days returns the first event.',
  })
  @Operation({
    summary: 'Emit an event: runs that wait for it go on, and triggers of type `event` start runs',
    status: 202,
    type: EmittedEventView,
    refusals: { 400: 'A field is wrong.', 422: 'The data is over 256 KB.' },
  })
  emit(
    @Body() { name, key, data }: EmitEventBody,
    @CurrentCaller() caller: Caller,
    @Headers('idempotency-key') idempotencyKey?: string,
  ): Promise<EmittedEventView> {
    return this.workflows.emit({
      tenantId: this.scope.tenantId,
      name,
      ...(key === undefined ? {} : { key }),
      ...(data === undefined ? {} : { data }),
      source: nameOf(caller),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey: checkedKey(idempotencyKey) }),
    });
  }

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the events, newest first', type: EventPage, refusals: { 400: 'A filter is wrong.' } })
  list(@Query() query: EventQuery): Promise<EventPage> {
    const { name, key } = query;
    const filter = { ...(name === undefined ? {} : { name }), ...(key === undefined ? {} : { key }) };
    return this.events.list(this.scope.tenantId, filter, pageOf(query));
  }

  @Get(':eventId')
  @Needs('read')
  @Operation({ summary: 'Get an event', type: EventView, refusals: { 404: 'There is no such event.' } })
  async get(@Param('eventId', AnId) id: string): Promise<EventView> {
    const event = await this.events.get(this.scope.tenantId, id);
    if (event === null) throw notFound('event');
    return event;
  }
}
