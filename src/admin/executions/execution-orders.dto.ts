import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject, Order } from '@workflows/core';
import { CountField, ObjectField, TextField } from '../../http/fields.js';

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
