import { ApiProperty } from '@nestjs/swagger';
import type { PageRequest } from '@workflows/ports';
import { CountField, TextField } from './fields.js';

const USUAL = 50;

/** The query of every list. */
export class PageQuery {
  @CountField({ description: 'How many items to return.', min: 1, max: 200, optional: true, example: USUAL })
  limit?: number;

  @TextField({ description: 'The `nextCursor` of the page before.', max: 500, optional: true })
  cursor?: string;
}

/** The end of every list. */
export class PageEnd {
  @ApiProperty({ type: String, nullable: true, description: 'Pass it on as `cursor` to get what follows; null ends the list.' })
  nextCursor: string | null;
}

export function pageOf(query: PageQuery): PageRequest {
  return { limit: query.limit ?? USUAL, ...(query.cursor === undefined ? {} : { cursor: query.cursor }) };
}
