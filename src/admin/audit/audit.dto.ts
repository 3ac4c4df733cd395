import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject } from '@workflows/core';
import { TextField } from '../../http/fields.js';
import { PageEnd, PageQuery } from '../../http/paging.js';

export class AuditQuery extends PageQuery {
  @TextField({
    description: 'Only changes of this.',
    example: 'execution:0190a5c2-7f3e-7cc1-9d4e-2f9f0f9f0f9f',
    max: 200,
    optional: true,
  })
  target?: string;

  @TextField({ description: 'Only changes of this kind.', example: 'execution.retry', max: 100, optional: true })
  action?: string;

  @TextField({ description: 'Only changes by this key or person.', example: 'key:support', max: 200, optional: true })
  actor?: string;
}

class AuditEntryView {
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ example: 'key:support', description: 'The API key, or operator.' }) actor: string;
  @ApiProperty({ example: 'execution.retry' }) action: string;
  @ApiProperty({ example: 'execution:0190a5c2-7f3e-7cc1-9d4e-2f9f0f9f0f9f' }) target: string;
  @ApiProperty({ type: String, nullable: true, description: 'The X-Request-Id that came with it.' }) requestId: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Without secrets, and without what customers said.' })
  details: JsonObject;
}

export class AuditPage extends PageEnd {
  @ApiProperty({ type: [AuditEntryView] }) items: AuditEntryView[];
}
