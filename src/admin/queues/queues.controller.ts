import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { QueueStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { Operation } from '../../http/operation.js';
import { notFound } from '../../problems/refusal.js';
import { AQueueName } from './queue-name.js';
import { PutQueueBody, QueueList, QueueView } from './queues.dto.js';

/** Named lists of tasks, which workflows put them into. */
@ApiTags('Queues')
@Controller('v1/queues')
export class QueuesController {
  constructor(
    private readonly scope: TenantScope,
    private readonly queues: QueueStore,
  ) {}

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the queues', type: QueueList })
  async list(): Promise<QueueList> {
    return { items: await this.queues.list(this.scope.tenantId) };
  }

  @Put(':name')
  @Needs('admin')
  @Operation({
    summary: 'Create a queue, or change its title',
    type: QueueView,
    refusals: { 400: 'The name or the title has another form.' },
  })
  put(@Param('name', AQueueName) name: string, @Body() { title }: PutQueueBody): Promise<QueueView> {
    return this.queues.put(this.scope.tenantId, name, title);
  }

  @Delete(':name')
  @Needs('admin')
  @Operation({
    summary: 'Delete a queue',
    status: 204,
    refusals: { 400: 'The name has another form.', 404: 'There is no such queue.', 409: 'It has open tasks.' },
  })
  async delete(@Param('name', AQueueName) name: string): Promise<void> {
    if (!(await this.queues.delete(this.scope.tenantId, name))) throw notFound('queue');
  }
}
