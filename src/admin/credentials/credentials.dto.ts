import { ApiProperty } from '@nestjs/swagger';
import { CREDENTIAL_TYPES, type CredentialRecord } from '@workflows/storage';
import { IsArray, IsString, Matches, ArrayMaxSize, ArrayNotEmpty, ArrayUnique } from 'class-validator';
import { ChoiceField, PatternField, TextField } from '../../http/fields.js';

const HOST = /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:[1-9]\d{0,4})?$/;

export class PutCredentialBody {
  @ChoiceField({
    description:
      'How it is sent. bearer: Authorization: Bearer. header: in a header of its own. basic: user and password. query: as a parameter of the address, for services that know no better.',
    of: CREDENTIAL_TYPES,
  })
  type: CredentialRecord['type'];

  @ApiProperty({
    description:
      'Where it may be sent: host, or host:port. A request to any other host fails, and a redirect to one does not carry it.',
    example: ['api.example.com'],
    isArray: true,
    type: String,
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @Matches(HOST, { each: true, context: { hint: 'Write hosts in small letters and without https://, such as api.example.com.' } })
  hosts: string[];

  @TextField({
    description: 'The token, key or password. It is sealed at once and never shown again.',
    min: 6,
    max: 4000,
  })
  secret: string;

  @PatternField({
    description: 'Type header: name of the header.',
    example: 'x-api-key',
    pattern: /^[A-Za-z0-9-]{1,64}$/,
    hint: 'Use letters, digits and "-".',
    optional: true,
  })
  header?: string;

  @PatternField({
    description: 'Type basic: the user.',
    pattern: /^[\x21-\x39\x3b-\x7e]{1,200}$/,
    hint: 'Use printable characters without spaces or a colon.',
    optional: true,
  })
  username?: string;

  @PatternField({
    description: 'Type query: name of the parameter.',
    example: 'key',
    pattern: /^[A-Za-z0-9_.-]{1,64}$/,
    hint: 'Use letters, digits, "_", "." and "-".',
    optional: true,
  })
  parameter?: string;
}

export class CredentialView implements CredentialRecord {
  @ApiProperty({ description: 'Name by which workflows refer to it.', example: 'crm' }) name: string;
  @ApiProperty({ enum: CREDENTIAL_TYPES }) type: CredentialRecord['type'];
  @ApiProperty({ isArray: true, type: String }) hosts: string[];
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Name of the header, the user, or name of the parameter.',
  })
  settings: CredentialRecord['settings'];
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class CredentialList {
  @ApiProperty({ type: [CredentialView] }) items: CredentialView[];
}
