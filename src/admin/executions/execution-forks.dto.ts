import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, CountField } from '../../http/fields.js';

export class ForkExecutionBody {
  @CountField({ description: 'Number of a step of the run, from its timeline: the fork begins with it.', min: 1, max: 1_000_000 })
  step: number;

  @BooleanField({
    description: 'True: live runs that have the session of the contact are cancelled when the fork begins.',
    optional: true,
  })
  replace: boolean = false;
}

export class ForkedView {
  @ApiProperty({ format: 'uuid', description: 'The new run.' }) executionId: string;
  @ApiProperty({ description: 'True: the same Idempotency-Key came before, and this is the fork that it made.' })
  repeated: boolean;
}
