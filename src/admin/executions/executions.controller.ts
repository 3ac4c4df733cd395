import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { TenantScope, Workflows } from '@workflows/engine';
import { ExecutionStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { RecordedAs } from '../../audit/audit.decorators.js';
import { AnId } from '../../http/id-pipe.js';
import { checkedKey } from '../../http/idempotency-key.js';
import { Operation } from '../../http/operation.js';
import { pageOf } from '../../http/paging.js';
import {
  ExecutionPage,
  ExecutionQuery,
  ExecutionView,
  StartedExecutionView,
  StartExecutionBody,
  TimelineView,
} from './executions.dto.js';
import { ShownExecutions } from './shown-executions.js';

@ApiTags('Executions')
@Controller('v1/executions')
export class ExecutionsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly workflows: Workflows,
    private readonly executions: ExecutionStore,
    private readonly shown: ShownExecutions,
  ) {}

  @RecordedAs('execution.start')
  @Post()
  @Needs('write')
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Up to 200 characters. A repeat within 8 days returns the first run.',
  })
  @Operation({
    summary: 'Start a run of a published workflow',
    status: 202,
    type: StartedExecutionView,
    refusals: {
      400: 'A field is wrong.',
      404: 'There is no such workflow.',
      422: 'The input or the contact does not fit the trigger.',
    },
  })
  start(@Body() body: StartExecutionBody, @Headers('idempotency-key') idempotencyKey?: string): Promise<StartedExecutionView> {
    const { workflow, trigger, input, contact } = body;
    return this.workflows.start({
      tenantId: this.scope.tenantId,
      workflowId: workflow,
      input,
      ...(trigger === undefined ? {} : { trigger }),
      ...(contact === undefined ? {} : { contact }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey: checkedKey(idempotencyKey) }),
    });
  }

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the runs, newest first', type: ExecutionPage, refusals: { 400: 'A filter is wrong.' } })
  list(@Query() query: ExecutionQuery): Promise<ExecutionPage> {
    const { workflow, status, error, contact, conversation, startedAfter, startedBefore } = query;
    const filter = {
      workflowId: workflow,
      status,
      errorCode: error,
      contactId: contact,
      conversationId: conversation,
      startedAfter,
      startedBefore,
    };
    return this.executions.list(this.scope.tenantId, filter, pageOf(query));
  }

  @Get(':executionId')
  @Needs('read')
  @Operation({ summary: 'Get a run', type: ExecutionView, refusals: { 404: 'There is no such run.' } })
  get(@Param('executionId', AnId) id: string): Promise<ExecutionView> {
    return this.shown.get(this.scope.tenantId, id);
  }

  @Get(':executionId/timeline')
  @Needs('read')
  @Operation({ summary: 'Get what a run did, step by step', type: TimelineView, refusals: { 404: 'There is no such run.' } })
  timeline(@Param('executionId', AnId) id: string): Promise<TimelineView> {
    return this.shown.timeline(this.scope.tenantId, id);
  }
}
