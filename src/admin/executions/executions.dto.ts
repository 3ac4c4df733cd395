import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsOptional, ValidateNested } from 'class-validator';
import { EXECUTION_STATUSES, type ExecutionStatus, type Json, type JsonObject } from '@workflows/core';
import { ChoiceField, ObjectField, TextField, TimeField, IdField } from '../../http/fields.js';
import { PageEnd, PageQuery } from '../../http/paging.js';

const SHOWN_STATUSES = ['queued', ...EXECUTION_STATUSES] as const;

export class ContactBody {
  @TextField({ description: 'Name of the connection over which the contact is reached.', example: 'support', max: 64 })
  connection: string;

  @TextField({
    description: "The contact's address on that channel; for whatsapp the number with country code.",
    example: '+5511987654321',
    max: 128,
  })
  address: string;

  @TextField({ description: 'Name of the contact, if it is new.', max: 200, optional: true })
  name?: string;
}

export class StartExecutionBody {
  @TextField({ description: 'Id of a published workflow.', example: 'lead-form', max: 64 })
  workflow: string;

  @TextField({ description: 'Id of its trigger of type `call`; needed only where it has several.', max: 64, optional: true })
  trigger?: string;

  @ObjectField({
    description: 'Becomes `event.input`; checked against the schema of the trigger.',
    example: { orderId: '42' },
    optional: true,
  })
  input: JsonObject = {};

  @ApiPropertyOptional({ type: ContactBody, description: 'Binds the run to a contact.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => ContactBody)
  contact?: ContactBody;
}

export class StartedExecutionView {
  @ApiProperty({ format: 'uuid' }) executionId: string;
  @ApiProperty({ description: 'True: the same Idempotency-Key came before, and this is the run it started.' }) repeated: boolean;
}

export class ExecutionQuery extends PageQuery {
  @TextField({ description: 'Id of a workflow.', max: 64, optional: true }) workflow?: string;
  @ChoiceField({ description: 'Only runs in this status.', of: EXECUTION_STATUSES, optional: true }) status?: ExecutionStatus;
  @TextField({ description: 'Only failed runs with exactly this error code.', example: 'http.503', max: 64, optional: true })
  error?: string;
  @IdField({ description: 'Only runs of this contact.', optional: true }) contact?: string;
  @IdField({ description: 'Only runs in this conversation.', optional: true }) conversation?: string;
  @TimeField({ description: 'Only runs started at or after this time.', optional: true }) startedAfter?: string;
  @TimeField({ description: 'Only runs started before this time.', optional: true }) startedBefore?: string;
}

export class ExecutionSummaryView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() workflowId: string;
  @ApiProperty() version: number;
  @ApiProperty({ enum: SHOWN_STATUSES, description: 'queued: accepted, and not yet picked up.' })
  status: (typeof SHOWN_STATUSES)[number];
  @ApiProperty({ type: String, nullable: true }) reason: string | null;
  @ApiProperty({ description: 'Nodes on which the run stands.', isArray: true, type: String }) nodes: string[];
  @ApiProperty({ type: String, nullable: true }) contactId: string | null;
  @ApiProperty({ type: String, nullable: true }) conversationId: string | null;
  @ApiProperty({ format: 'date-time' }) startedAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) endedAt: string | null;
}

export class ExecutionView extends ExecutionSummaryView {
  @ApiProperty() trigger: string;
  @ApiProperty() revision: number;
  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true }) error: object | null;
  @ApiProperty({ nullable: true, description: 'Output of the end node.', type: Object }) output: Json | null;
  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description:
      'Variables and outputs of the steps, what is sensitive or `pii` as [redacted]; null until the run was picked up.',
  })
  state: object | null;
}

export class ExecutionPage extends PageEnd {
  @ApiProperty({ type: [ExecutionSummaryView] }) items: ExecutionSummaryView[];
}

class ForkOriginView {
  @ApiProperty({ format: 'uuid' }) executionId: string;
  @ApiProperty({ description: 'The step of that run with which this one began.' }) step: number;
}

class TimelineStartView {
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty() trigger: string;
  @ApiProperty({ type: ForkOriginView, nullable: true }) forkedFrom: ForkOriginView | null;
}

class TimelineErrorView {
  @ApiProperty({ example: 'http.503' }) code: string;
  @ApiProperty() message: string;
  @ApiProperty() retryable: boolean;
}

class TimelineAttemptView {
  @ApiProperty() attempt: number;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ enum: ['done', 'waiting', 'failed', 'ended'] }) result: string;
  @ApiProperty({ type: TimelineErrorView, nullable: true }) error: TimelineErrorView | null;
}

class TimelineEffectView {
  @ApiProperty() seq: number;
  @ApiProperty({ example: 'message' }) kind: string;
  @ApiProperty({ example: 'sent' }) state: string;
  @ApiProperty() attempt: number;
  @ApiProperty({ type: String, nullable: true }) providerId: string | null;
  @ApiProperty({ type: String, nullable: true }) receipt: string | null;
  @ApiProperty({ format: 'date-time' }) intentAt: string;
  @ApiProperty({ format: 'date-time' }) changedAt: string;
}

class TimelineStepView {
  @ApiProperty() step: number;
  @ApiProperty() node: string;
  @ApiProperty({ format: 'date-time' }) firstAt: string;
  @ApiProperty({ format: 'date-time' }) lastAt: string;
  @ApiProperty({ enum: ['waiting', 'failed', 'done', 'ended'] }) state: string;
  @ApiProperty({ type: String, nullable: true, example: 'next' }) port: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) waitingUntil: string | null;
  @ApiProperty({ description: 'Messages of the contact that this step was given.' }) messages: number;
  @ApiProperty({ type: [TimelineAttemptView] }) attempts: TimelineAttemptView[];
  @ApiProperty({ type: [TimelineEffectView] }) effects: TimelineEffectView[];
}

class TimelineIncidentView {
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ enum: ['cancelled', 'broken', 'ordered', 'migrated'] }) what: string;
  @ApiProperty() reason: string;
  @ApiPropertyOptional() by?: string;
}

export class TimelineView {
  @ApiProperty({ type: TimelineStartView, nullable: true }) started: TimelineStartView | null;
  @ApiProperty({ type: [TimelineStepView] }) steps: TimelineStepView[];
  @ApiProperty({ type: [TimelineIncidentView] }) incidents: TimelineIncidentView[];
}
