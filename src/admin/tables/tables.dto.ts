import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject } from '@workflows/core';
import { ObjectField, PatternField } from '../../http/fields.js';
import { PageEnd } from '../../http/paging.js';

const COLUMNS = {
  description:
    'The columns as a schema of the workflow language: an object with properties. Each row has `id` and `version` beside them.',
  example: {
    type: 'object',
    properties: { name: { type: 'string' }, stock: { type: 'integer', minimum: 0 } },
    required: ['name'],
  },
};

export class CreateTableBody {
  @PatternField({
    description: 'Name by which workflows refer to the table.',
    example: 'products',
    pattern: /^[a-z][a-z0-9_]{0,62}$/,
    hint: 'Use up to 63 small letters, digits and "_", starting with a letter.',
  })
  name: string;

  @ObjectField(COLUMNS)
  columns: JsonObject;
}

export class ChangeTableBody {
  @ObjectField(COLUMNS)
  columns: JsonObject;
}

export class TableView {
  @ApiProperty({ example: 'products' }) name: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'The columns, as a schema.' }) columns: object;
  @ApiProperty({ description: 'Moves with each change of the columns; also the ETag.' }) version: number;
  @ApiProperty({ description: 'How many rows there are; at most 100,000.' }) rows: number;
  @ApiProperty({ description: 'Size of all rows as JSON text; at most 64 MB.' }) bytes: number;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class TableList {
  @ApiProperty({ type: [TableView] }) items: TableView[];
}

export class RowBody {
  @ObjectField({ description: 'Columns and their values.', example: { name: 'Lamp', stock: 3 } })
  value: JsonObject;
}

export class RowView {
  @ApiProperty({ example: 'lamp' }) id: string;
  @ApiProperty({ description: 'Moves with each write of the row; also the ETag.' }) version: number;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Columns and their values.' }) value: object;
}

export class RowPage extends PageEnd {
  @ApiProperty({ type: [RowView] }) items: RowView[];
}
