import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsIn, IsObject, IsOptional } from 'class-validator';
import type { JsonObject } from '@workflows/core';
import type { WorkflowRecord } from '@workflows/ports';
import { BooleanField, CountField, ObjectField } from '../../http/fields.js';
import { ProblemEntryView } from '../../http/operation.js';
import { PageEnd } from '../../http/paging.js';
import type { Requirements } from './names-in-document.js';

const DOCUMENT = { type: 'object', additionalProperties: true, description: 'A document of the workflow language 1.0.' } as const;

export class WorkflowView implements WorkflowRecord {
  @ApiProperty({ example: 'lead-form' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty({ ...DOCUMENT, nullable: true, description: 'What was saved since the last publish, or null.' })
  draft: JsonObject | null;
  @ApiProperty({ type: Number, nullable: true }) publishedVersion: number | null;
  @ApiProperty({ type: String, nullable: true }) publishedVersionId: string | null;
  @ApiProperty({ description: 'Moves with each save, publish and rollback; the number in the ETag.' }) revision: number;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class WorkflowPage extends PageEnd {
  @ApiProperty({ type: [WorkflowView] }) items: WorkflowView[];
}

export class ValidationView {
  @ApiProperty({ description: 'True: it can be published as it is. Warnings do not count.' }) valid: boolean;
  @ApiProperty({ type: [ProblemEntryView], description: 'Everything that was found, errors and warnings.' })
  problems: ProblemEntryView[];
}

export class WebhookEndpointView {
  @ApiProperty({ description: 'Id of the trigger.' }) trigger: string;
  @ApiProperty({
    description: 'Address below the API; it stays the same over versions. Keep it to those who send.',
    example: '/hooks/3f0c...',
  })
  path: string;
}

export class WebhookEndpointList {
  @ApiProperty({ type: [WebhookEndpointView] }) items: WebhookEndpointView[];
}

export class ExportQuery {
  @CountField({
    description: 'A published version; the newest one, or else the draft, unless given.',
    min: 1,
    max: 1_000_000,
    optional: true,
  })
  version?: number;
}

export class BundleView {
  @ApiProperty({ example: '1.0' }) dsl: string;
  @ApiProperty({ type: 'array', items: DOCUMENT }) workflows: JsonObject[];
  @ApiProperty({ type: 'array', items: { type: 'object' } }) layouts: JsonObject[];
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Names that the importing tenant must have, by kind.' })
  requires: Requirements;
}

export class ImportBody {
  @ApiProperty({ example: '1.0' })
  @IsIn(['1.0'], { context: { hint: 'This engine reads bundles of the language 1.0.' } })
  dsl: string;

  @ApiProperty({ type: 'array', items: DOCUMENT })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsObject({ each: true })
  workflows: JsonObject[];

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'object' },
    description: 'Kept in bundles for editors; the engine does not store them yet.',
  })
  @IsOptional()
  @IsArray()
  layouts?: JsonObject[];

  @ObjectField({ description: 'As exported; recomputed from the documents.', optional: true })
  requires?: JsonObject;

  @ObjectField({
    description: 'Names to replace, by kind: `{ "connections": { "support": "sales" } }`.',
    example: { connections: { support: 'sales' } },
    optional: true,
  })
  names: JsonObject = {};

  @BooleanField({ description: 'True: drafts of the same ids are replaced. Otherwise they refuse the import.', optional: true })
  replace: boolean = false;
}

export class ImportedWorkflowView {
  @ApiProperty() id: string;
  @ApiProperty() name: string;
  @ApiProperty() valid: boolean;
  @ApiProperty({ type: [ProblemEntryView] }) problems: ProblemEntryView[];
}

export class ImportReportView {
  @ApiProperty({ type: [ImportedWorkflowView] }) workflows: ImportedWorkflowView[];
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Names that this tenant does not have.' })
  missing: Requirements;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Names that this engine cannot look up yet.' })
  unchecked: Requirements;
}
