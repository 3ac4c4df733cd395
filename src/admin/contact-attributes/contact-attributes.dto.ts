import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject } from '@workflows/core';
import { ObjectField } from '../../http/fields.js';

const EXAMPLE = { type: 'object', properties: { city: { type: 'string' }, orders: { type: 'integer', minimum: 0 } } };

export class ContactAttributesBody {
  @ObjectField({
    description: 'The attributes as a schema of the workflow language: an object whose properties are all optional.',
    example: EXAMPLE,
  })
  schema: JsonObject;
}

export class ContactAttributesView {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: EXAMPLE,
    description: 'null: there is no schema, and attributes may be anything.',
  })
  schema: object | null;
}
