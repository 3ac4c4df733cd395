import { ApiProperty } from '@nestjs/swagger';
import type { ApiKeyRecord } from '@workflows/ports';
import { type ApiKeyScope, SCOPES } from '../../access/api-key.js';
import { ChoicesField, TextField, TimeField } from '../../http/fields.js';

export class CreateApiKeyBody {
  @TextField({ description: 'What the key is for.', example: 'crm', max: 100 })
  name: string;

  @ChoicesField({
    description: 'What the key may do. Scopes do not contain one another.',
    example: ['read', 'write'],
    of: SCOPES,
  })
  scopes: ApiKeyScope[];

  @TimeField({ description: 'From when on the key is refused; never unless given.', optional: true })
  expiresAt?: string;
}

export class ApiKeyView implements ApiKeyRecord {
  @ApiProperty() id: string;
  @ApiProperty() tenantId: string;
  @ApiProperty() name: string;
  @ApiProperty({ description: 'Part of the key, to tell keys apart.' }) prefix: string;
  @ApiProperty({ enum: SCOPES, isArray: true }) scopes: string[];
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) expiresAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) lastUsedAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) revokedAt: string | null;
}

export class CreatedApiKeyView extends ApiKeyView {
  @ApiProperty({ description: 'The key itself. It is shown here and never again.' }) key: string;
}

export class ApiKeyList {
  @ApiProperty({ type: [ApiKeyView] }) items: ApiKeyView[];
}
