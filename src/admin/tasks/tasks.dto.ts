import { ApiProperty } from '@nestjs/swagger';
import type { Json } from '@workflows/core';
import { TASK_STATUSES, type TaskRecord } from '@workflows/ports';
import { ChoiceField, IdField, TextField } from '../../http/fields.js';
import { PageEnd, PageQuery } from '../../http/paging.js';

export class TaskQuery extends PageQuery {
  @TextField({ description: 'Only tasks of this queue.', max: 63, optional: true }) queue?: string;
  @ChoiceField({ description: 'Only tasks in this status.', of: TASK_STATUSES, optional: true }) status?: TaskRecord['status'];
  @IdField({ description: 'Only tasks of runs in this conversation.', optional: true }) conversation?: string;
}

export class DecideTaskBody {
  @TextField({ description: 'Why; the run gets it too.', max: 2000, optional: true })
  comment?: string;

  @TextField({
    description: 'The person who decides, as your inbox names them; the API key unless given.',
    max: 200,
    optional: true,
  })
  by?: string;
}

export class TaskView implements TaskRecord {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: ['approval', 'handoff'] }) kind: TaskRecord['kind'];
  @ApiProperty() queue: string;
  @ApiProperty() title: string;
  @ApiProperty({ type: Object, nullable: true }) details: Json;
  @ApiProperty({ description: 'Of hand-offs; higher is more urgent.' }) priority: number;
  @ApiProperty({
    enum: TASK_STATUSES,
    description: 'expired: the wait ran out of time. withdrawn: the run went on without it.',
  })
  status: TaskRecord['status'];
  @ApiProperty({ format: 'uuid' }) executionId: string;
  @ApiProperty() node: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) conversationId: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) contactId: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) dueAt: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) decidedAt: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Who decided.' }) by: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The API key over which they did.' }) via: string | null;
  @ApiProperty({ type: String, nullable: true }) comment: string | null;
}

export class TaskPage extends PageEnd {
  @ApiProperty({ type: [TaskView] }) items: TaskView[];
}
