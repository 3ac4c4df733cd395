import { ApiProperty } from '@nestjs/swagger';
import { IsTimeZone } from 'class-validator';
import type { ConversationRules, JsonObject } from '@workflows/core';
import type { TenantRecord } from '@workflows/ports';
import { ObjectField, PatternField, TextField } from '../../http/fields.js';
import { PageEnd } from '../../http/paging.js';

export class CreateTenantBody {
  @PatternField({
    description: 'Short name, unique in the deployment.',
    example: 'acme',
    pattern: /^[a-z][a-z0-9-]{1,62}$/,
    hint: 'Use 2 to 63 small letters, digits and "-", starting with a letter.',
  })
  slug: string;

  @TextField({ description: 'Name for people.', example: 'Acme Ltd', max: 200 })
  name: string;

  @TextField({ description: 'IANA time zone; UTC unless given.', example: 'America/Sao_Paulo', max: 64, optional: true })
  @IsTimeZone({ context: { hint: 'Write an IANA time zone such as America/Sao_Paulo.' } })
  timezone: string = 'UTC';

  @PatternField({
    description: 'Language and region, BCP 47; en unless given.',
    example: 'pt-BR',
    pattern: /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/,
    hint: 'Write a BCP 47 tag such as en or pt-BR.',
    optional: true,
  })
  locale: string = 'en';

  @ObjectField({ description: 'What expressions read as `tenant.settings`.', example: { company: 'Acme' }, optional: true })
  settings: JsonObject = {};
}

export class TenantView implements TenantRecord {
  @ApiProperty() id: string;
  @ApiProperty({ example: 'acme' }) slug: string;
  @ApiProperty() name: string;
  @ApiProperty({ example: 'UTC' }) timezone: string;
  @ApiProperty({ example: 'en' }) locale: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) settings: JsonObject;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Rules of its conversations.' })
  rules: ConversationRules;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
}

export class TenantPage extends PageEnd {
  @ApiProperty({ type: [TenantView] }) items: TenantView[];
}
