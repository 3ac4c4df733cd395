import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject } from '@workflows/core';
import type { ConnectionRecord } from '@workflows/ports';
import { ChoiceField, ObjectField, PatternField, TextField } from '../../http/fields.js';

const NAME = { pattern: /^[a-z][a-z0-9_-]{0,62}$/, hint: 'Use small letters, digits, "-" and "_", starting with a letter.' };

export class CreateConnectionBody {
  @TextField({ description: 'Channel of the account.', example: 'whatsapp', max: 40 })
  channel: string;

  @PatternField({
    description: 'Name by which workflows refer to the connection, unique in the tenant.',
    example: 'support',
    ...NAME,
  })
  name: string;

  @TextField({
    description: "The provider's id of the account; for whatsapp the phone number id.",
    example: '106540352242922',
    max: 128,
  })
  account: string;

  @ObjectField({ description: 'Settings of the channel.', optional: true })
  settings: JsonObject = {};

  @ObjectField({
    description: 'Secrets of the channel. They are sealed at once and never shown again.',
    example: { accessToken: 'EAAG...' },
    optional: true,
  })
  secrets: JsonObject = {};
}

export class UpdateConnectionBody {
  @PatternField({ description: 'New name. Workflows that use the old one will not find it any more.', optional: true, ...NAME })
  name?: string;

  @ObjectField({ description: 'Replaces the settings.', optional: true })
  settings?: JsonObject;

  @ObjectField({ description: 'Replaces all secrets.', optional: true })
  secrets?: JsonObject;

  @ChoiceField({ description: 'A disabled connection neither receives nor sends.', of: ['active', 'disabled'], optional: true })
  status?: 'active' | 'disabled';
}

export class ConnectionView implements ConnectionRecord {
  @ApiProperty() id: string;
  @ApiProperty({ example: 'whatsapp' }) channel: string;
  @ApiProperty() name: string;
  @ApiProperty() account: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) settings: JsonObject;
  @ApiProperty({ description: 'Names of the secrets that are set; their values are never shown.', isArray: true, type: String })
  secretsSet: string[];
  @ApiProperty({ enum: ['active', 'disabled'] }) status: 'active' | 'disabled';
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class ConnectionList {
  @ApiProperty({ type: [ConnectionView] }) items: ConnectionView[];
}
