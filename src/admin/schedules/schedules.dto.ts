import { ApiProperty } from '@nestjs/swagger';
import { type ScheduleRecord, SLOT_STATUSES, type SlotRecord } from '@workflows/ports';
import { TextField } from '../../http/fields.js';
import { PageEnd, PageQuery } from '../../http/paging.js';

export class ScheduleQuery extends PageQuery {
  @TextField({ description: 'Only schedules of this workflow.', max: 64, optional: true }) workflow?: string;
}

export class ScheduleView implements Omit<ScheduleRecord, 'plannedUntil'> {
  @ApiProperty({ example: 'reminders' }) workflowId: string;
  @ApiProperty({ description: 'Id of the trigger in the published version.', example: 'daily' }) trigger: string;
  @ApiProperty({ example: '0 9 * * mon-fri' }) cron: string;
  @ApiProperty({ description: 'As the definition says it: an IANA zone, or `tenant`.', example: 'tenant' }) timezone: string;
  @ApiProperty({ description: 'The zone on whose clock the cron is read.', example: 'America/Sao_Paulo' }) zone: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null unless it is paused.' })
  pausedAt: string | null;
  @ApiProperty({
    type: [String],
    description: 'The next ten slots, in UTC; a jitter comes on top. Empty while the schedule is paused.',
    example: ['2026-03-02T12:00:00.000Z'],
  })
  nextSlots: string[];
}

export class SchedulePage extends PageEnd {
  @ApiProperty({ type: [ScheduleView] }) items: ScheduleView[];
}

export class AudienceView {
  @ApiProperty({ type: String, format: 'date-time', description: 'The slot that was looked at: the next one.' }) slot: string;
  @ApiProperty({ description: 'Runs that it would start, by the rows of this moment; not more than `maxRuns`.' }) runs: number;
  @ApiProperty({ description: 'The most that it may start.' }) maxRuns: number;
  @ApiProperty({ description: 'Minutes that starting them takes.' }) minutes: number;
}

export class SlotView implements SlotRecord {
  @ApiProperty({ format: 'date-time' }) slot: string;
  @ApiProperty({ enum: SLOT_STATUSES, description: 'open: it still starts runs. done: it has started them.' })
  status: SlotRecord['status'];
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it starts its run, or the next runs of its audience.',
  })
  nextAt: string | null;
  @ApiProperty({ description: 'Runs that it has started.' }) started: number;
  @ApiProperty({ description: 'Rows that name no contact whom the trigger could bind.' }) refused: number;
  @ApiProperty({ type: String, nullable: true, description: 'Of an audience: the row that was looked at last.' })
  lastRow: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why it cannot start runs.' }) failure: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) endedAt: string | null;
  @ApiProperty({ description: 'Version of the workflow that it starts.' }) version: number;
}

export class SlotPage extends PageEnd {
  @ApiProperty({ type: [SlotView] }) items: SlotView[];
}
