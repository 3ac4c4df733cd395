import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject, Order } from '@workflows/core';
import { CountField, ObjectField, TextField, TimeField } from '../../http/fields.js';

export class CancelExecutionBody {
  @TextField({ description: 'Why; shown in the run.', example: 'The order was withdrawn', max: 200, optional: true })
  reason: string = 'Cancelled over the API';
}

export class RetryExecutionBody {
  @TextField({
    description: 'A node that the run has visited before, to go on with. Unless given: the step that failed.',
    example: 'charge_card',
    max: 64,
    optional: true,
  })
  from?: string;
}

export class SkipStepBody {
  @TextField({ description: 'The node on which the run stands.', example: 'charge_card', max: 64 })
  node: string;

  @CountField({
    description: 'Number of the step; needed only where several branches stand on the node.',
    min: 1,
    max: 1_000_000,
    optional: true,
  })
  step?: number;

  @TextField({ description: 'The port by which it leaves; next unless given.', example: 'timeout', max: 64, optional: true })
  port?: string;

  @ObjectField({
    description: 'What the node is taken to have given; checked against its output schema. Not written into the audit log.',
    example: { status: 200 },
    optional: true,
  })
  output?: JsonObject;
}

export class OrderedView {
  @ApiProperty({ format: 'uuid' }) executionId: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What was ordered, made exact.',
    example: { type: 'skip', node: 'charge_card', step: 7 },
  })
  order: Order;
  @ApiProperty({ description: 'True: the same Idempotency-Key came before, and this is what it ordered.' }) repeated: boolean;
}

export class RedriveBody {
  @TextField({ description: 'Only runs of this workflow.', example: 'lead-form', max: 64, optional: true })
  workflow?: string;

  @TextField({ description: 'Only runs that failed with exactly this code.', example: 'http.503', max: 64, optional: true })
  error?: string;

  @TimeField({ description: 'Only runs that started at or after this time.', optional: true })
  startedAfter?: string;

  @CountField({ description: 'At most so many runs, the newest first.', min: 1, max: 200, optional: true, example: 100 })
  limit?: number;
}

export class RedrivenView {
  @ApiProperty({ description: 'Failed runs that were looked at.' }) found: number;
  @ApiProperty({ description: 'Runs that were ordered to go on.' }) retried: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'How many could not be retried, by code.',
    example: { 'order.compensated': 2 },
  })
  refused: Record<string, number>;
  @ApiProperty({ description: 'True: there were more than the limit. Ask again with startedAfter, or when these have gone on.' })
  more: boolean;
}
