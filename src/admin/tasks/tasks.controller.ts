import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Tasks, TenantScope } from '@workflows/engine';
import { type TaskDecision, TaskStore } from '@workflows/storage';
import { CurrentCaller, Needs } from '../../access/access.decorators.js';
import { type Caller, nameOf } from '../../access/caller.js';
import { AnId } from '../../http/id-pipe.js';
import { Operation } from '../../http/operation.js';
import { pageOf } from '../../http/paging.js';
import { notFound } from '../../problems/refusal.js';
import { DecideTaskBody, TaskPage, TaskQuery, TaskView } from './tasks.dto.js';

const DECIDING = {
  status: 200,
  type: TaskView,
  refusals: {
    400: 'A field is wrong.',
    404: 'There is no such task.',
    409: 'It was decided otherwise, its time is over, or its run went on without it.',
  },
};

/** What runs want of people. */
@ApiTags('Tasks')
@Controller('v1/tasks')
export class TasksController {
  constructor(
    private readonly scope: TenantScope,
    private readonly tasks: Tasks,
    private readonly store: TaskStore,
  ) {}

  @Get()
  @Needs('read')
  @Operation({
    summary: 'List the tasks, those that have waited longest first',
    type: TaskPage,
    refusals: { 400: 'A filter is wrong.' },
  })
  list(@Query() query: TaskQuery): Promise<TaskPage> {
    const { queue, status, conversation } = query;
    return this.store.list(this.scope.tenantId, { queue, status, conversationId: conversation }, pageOf(query));
  }

  @Get(':taskId')
  @Needs('read')
  @Operation({ summary: 'Get a task', type: TaskView, refusals: { 404: 'There is no such task.' } })
  async get(@Param('taskId', AnId) id: string): Promise<TaskView> {
    const task = await this.store.get(this.scope.tenantId, id);
    if (task === null) throw notFound('task');
    return task;
  }

  @Post(':taskId/approve')
  @Needs('write')
  @Operation({ summary: 'Approve; doing it again is harmless', ...DECIDING })
  approve(@Param('taskId', AnId) id: string, @Body() body: DecideTaskBody, @CurrentCaller() caller: Caller): Promise<TaskView> {
    return this.decide(id, 'approved', body, caller);
  }

  @Post(':taskId/reject')
  @Needs('write')
  @Operation({ summary: 'Reject; doing it again is harmless', ...DECIDING })
  reject(@Param('taskId', AnId) id: string, @Body() body: DecideTaskBody, @CurrentCaller() caller: Caller): Promise<TaskView> {
    return this.decide(id, 'rejected', body, caller);
  }

  private decide(id: string, decision: TaskDecision['decision'], body: DecideTaskBody, caller: Caller): Promise<TaskView> {
    const via = nameOf(caller);
    const { by = via, comment } = body;
    return this.tasks.decide(this.scope.tenantId, id, { decision, by, via, ...(comment === undefined ? {} : { comment }) });
  }
}
