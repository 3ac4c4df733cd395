import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Json, JsonObject, PartChange, ValueChange } from '@workflows/core';
import type { WorkflowVersionSummary } from '@workflows/ports';
import { CountField, PatternField } from '../../http/fields.js';
import type { DocumentName } from './workflow-documents.js';

class VersionBase {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() workflowId: string;
  @ApiProperty() version: number;
  @ApiProperty({ description: 'SHA-256 of the canonical document, hex.' }) hash: string;
  @ApiProperty({ format: 'date-time' }) publishedAt: string;
  @ApiProperty() publishedBy: string;
}

export class VersionView extends VersionBase {
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'A document of the workflow language 1.0.' })
  definition: JsonObject;
}

export class VersionSummaryView extends VersionBase implements WorkflowVersionSummary {
  @ApiProperty({ description: 'Runs that have begun on this version and have not ended.' }) liveRuns: number;
}

export class VersionList {
  @ApiProperty({ type: [VersionSummaryView] }) items: VersionSummaryView[];
}

const DOCUMENT_NAME = /^(draft|published|[1-9][0-9]{0,6})$/;
const HINT = 'Write the number of a version, "published" or "draft".';

export class DiffQuery {
  @PatternField({
    description: 'The older document: number of a version, `published` or `draft`.',
    pattern: DOCUMENT_NAME,
    hint: HINT,
    optional: true,
  })
  from: string = 'published';

  @PatternField({
    description: 'The newer document: number of a version, `published` or `draft`.',
    pattern: DOCUMENT_NAME,
    hint: HINT,
    optional: true,
  })
  to: string = 'draft';
}

export function documentNameOf(text: string): DocumentName {
  return text === 'draft' || text === 'published' ? text : Number(text);
}

export class ValueChangeView {
  @ApiProperty({ enum: ['added', 'removed', 'changed'] }) change: ValueChange['change'];
  @ApiProperty({ description: 'JSON Pointer from the root of the document.', example: '/nodes/ask/with/text' }) path: string;
  @ApiPropertyOptional({ type: Object, description: 'The older value.' }) from?: Json;
  @ApiPropertyOptional({ type: Object, description: 'The newer value.' }) to?: Json;
}

class PartChangeView {
  @ApiProperty({ enum: ['node', 'trigger', 'variable', 'test', 'field'] }) part: PartChange['part'];
  @ApiProperty({ description: 'Id or name of the part.' }) name: string;
  @ApiProperty({ enum: ['added', 'removed', 'changed'] }) change: PartChange['change'];
  @ApiProperty({ description: 'JSON Pointer to the part; in the older document when it was removed.' }) path: string;
  @ApiPropertyOptional({ type: [ValueChangeView], description: 'What differs inside a part that was changed.' })
  values?: ValueChange[];
}

export class DiffView {
  @ApiProperty() workflowId: string;
  @ApiProperty({ type: Number, nullable: true, description: 'Version of the older document; null: the draft.' })
  from: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'Version of the newer document; null: the draft.' })
  to: number | null;
  @ApiProperty() equal: boolean;
  @ApiProperty({ type: [PartChangeView] }) changes: PartChange[];
}

export class RollbackBody {
  @CountField({ description: 'The version that new events shall start.', min: 1, max: 1_000_000 })
  version: number;
}

class RunsOfVersionView {
  @ApiProperty() version: number;
  @ApiProperty() liveRuns: number;
}

export class RollbackView {
  @ApiProperty() workflowId: string;
  @ApiProperty({ description: 'What new events start from now on.' }) publishedVersion: number;
  @ApiProperty() hash: string;
  @ApiProperty({
    type: [RunsOfVersionView],
    description: 'Runs that began on other versions. They stay there until they end, or are migrated.',
  })
  runsOnOtherVersions: RunsOfVersionView[];
}
