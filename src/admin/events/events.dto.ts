import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { EVENT_NAME_PATTERN, type Json, type JsonObject } from '@workflows/core';
import { Allow, IsOptional } from 'class-validator';
import { PatternField, TextField } from '../../http/fields.js';
import { PageEnd, PageQuery } from '../../http/paging.js';

const NAME_HINT = 'Write words of letters, digits, _ and - with dots between them, such as order.paid.';

export class EmitEventBody {
  @PatternField({
    description: 'What has happened; triggers of type `event` and waits look for it.',
    example: 'order.paid',
    pattern: EVENT_NAME_PATTERN,
    hint: NAME_HINT,
  })
  name: string;

  @TextField({ description: 'What it is about; `wait.event` looks for it.', example: 'o-42', max: 500, optional: true })
  key?: string;

  @ApiPropertyOptional({ description: 'What it carries: any JSON, up to 256 KB.', example: { total: 7 } })
  @IsOptional()
  @Allow()
  data?: Json;
}

export class EmittedEventView {
  @ApiProperty({ format: 'uuid' }) eventId: string;
  @ApiProperty({ description: 'True: the same Idempotency-Key came before, and this is its event.' }) repeated: boolean;
}

export class EventQuery extends PageQuery {
  @TextField({ description: 'Only events of this name.', max: 128, optional: true }) name?: string;
  @TextField({ description: 'Only events with this key.', max: 500, optional: true }) key?: string;
}

export class EventView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ example: 'order.paid' }) name: string;
  @ApiProperty({ type: String, nullable: true }) key: string | null;
  @ApiProperty({ description: 'What it carries.' }) data: Json;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: '`executionId` and `step` of the run that emitted it, or `sender`.',
  })
  source: JsonObject;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null until those who wait for it have been told, and what it starts is started.',
  })
  dispatchedAt: string | null;
}

export class EventPage extends PageEnd {
  @ApiProperty({ type: [EventView] }) items: EventView[];
}
