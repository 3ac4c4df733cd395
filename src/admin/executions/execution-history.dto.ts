import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Difference, ExecutionEvent, FrozenSchemas, JsonObject, ValueChange, Verdict } from '@workflows/core';
import { CountField } from '../../http/fields.js';
import { ValueChangeView } from '../workflows/workflow-versions.dto.js';
import type { HistoryFile } from './history-file.js';

const REVISION = { min: 1, max: 2_000_000_000 };

class DifferenceView implements Difference {
  @ApiProperty({
    enum: ['event', 'effect', 'state'],
    description:
      'event: a recorded event finds nobody it is for. effect: other effects are asked for than were journalled. state: all events fit, and the end differs.',
  })
  kind: Difference['kind'];
  @ApiProperty({ description: 'Of kind state: the commit that last wrote what differs.' }) revision: number;
  @ApiProperty({ type: Number, nullable: true, description: 'Place of the event in its commit, from 0.' }) event: number | null;
  @ApiProperty({ type: [ValueChangeView], description: 'from: as stored. to: as computed. At most 50.' }) values: ValueChange[];
}

export class ReplayView implements Verdict {
  @ApiProperty({ format: 'uuid' }) executionId: string;
  @ApiProperty({ description: 'True: the history leads to exactly the stored state.' }) equal: boolean;
  @ApiProperty({ description: 'The commit up to which it was computed.' }) revision: number;
  @ApiProperty({ description: 'Events that were replayed.' }) events: number;
  @ApiProperty({ description: 'SHA-256 of the computed state, hex.' }) hash: string;
  @ApiProperty({ description: 'SHA-256 of the stored state, hex.' }) recordedHash: string;
  @ApiProperty({ type: DifferenceView, nullable: true }) firstDifference: DifferenceView | null;
}

export class StateQuery {
  @CountField({
    description: 'Only up to this event of the commit, from 1; all of them unless given.',
    min: 1,
    max: 1_000_000,
    optional: true,
  })
  event?: number;
}

export class StateView {
  @ApiProperty({ format: 'uuid' }) executionId: string;
  @ApiProperty() revision: number;
  @ApiProperty({ format: 'date-time', description: 'When it was committed.' }) at: string;
  @ApiProperty({ description: 'How many of the events of the commit are in it.' }) events: number;
  @ApiProperty({ description: 'SHA-256 of the state, hex.' }) hash: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What is sensitive or `pii` in it is [redacted].' })
  state: JsonObject;
}

export class ChangesQuery {
  @CountField({ ...REVISION, description: 'The earlier commit; the one before `to` unless given.', optional: true })
  from?: number;
  @CountField({ ...REVISION, description: 'The later commit; the newest unless given.', optional: true }) to?: number;
}

export class ChangesView {
  @ApiProperty({ format: 'uuid' }) executionId: string;
  @ApiProperty({ description: '0: before the run was there.' }) from: number;
  @ApiProperty() to: number;
  @ApiProperty({
    type: 'array',
    items: { type: 'object' },
    description: 'What happened between them. What is sensitive or `pii` in it is [redacted].',
  })
  events: JsonObject[];
  @ApiProperty({ type: [ValueChangeView], description: 'What that changed in the state.' }) values: ValueChange[];
}

export class HistoryQuery {
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'true: without personal data, and still replayable.' })
  @IsOptional()
  @IsIn(['true', 'false'], { context: { hint: 'Write true or false.' } })
  mask: 'true' | 'false' = 'false';
}

export class HistoryView implements HistoryFile {
  @ApiProperty({ example: 'lead-form-018f2a3b' }) name: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'The document that the run began with.' })
  definition: JsonObject;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What its expressions were typed by.' })
  schemas: FrozenSchemas;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'What it was moved to, by version.' })
  later?: HistoryFile['later'];
  @ApiProperty({ type: 'array', items: { type: 'object' } }) events: ExecutionEvent[];
  @ApiProperty({ description: 'SHA-256 of the state where the events lead, hex.' }) hash: string;
  @ApiProperty({ example: 'completed' }) status: HistoryFile['status'];
}
