import { ApiProperty } from '@nestjs/swagger';
import type { QueueRecord } from '@workflows/ports';
import { TextField } from '../../http/fields.js';

export class PutQueueBody {
  @TextField({ description: 'What people call the queue.', example: 'Sales', max: 200 })
  title: string;
}

export class QueueView implements QueueRecord {
  @ApiProperty({ description: 'Name by which workflows refer to the queue.', example: 'sales' }) name: string;
  @ApiProperty() title: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ description: 'Tasks that wait for somebody.' }) openTasks: number;
}

export class QueueList {
  @ApiProperty({ type: [QueueView] }) items: QueueView[];
}
