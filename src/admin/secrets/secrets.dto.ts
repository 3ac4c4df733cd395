import { ApiProperty } from '@nestjs/swagger';
import type { SecretRecord } from '@workflows/storage';
import { PatternField } from '../../http/fields.js';

export class PutSecretBody {
  @PatternField({
    description: 'The secret: what the sender signs with, or the token it sends. It is sealed at once and never shown again.',
    pattern: /^\S.{6,298}\S$/,
    // A line break at the end is what a copied secret most often has too much, and no signature fits any more.
    hint: 'Send one line of 8 to 300 characters, without a space or a line break at its ends.',
  })
  value: string;
}

export class SecretView implements SecretRecord {
  @ApiProperty({ description: 'Name by which workflows refer to the secret.', example: 'shop-hmac' }) name: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time', description: 'When its value was last set.' }) updatedAt: string;
}

export class SecretList {
  @ApiProperty({ type: [SecretView] }) items: SecretView[];
}
