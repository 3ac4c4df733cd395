import { ApiProperty } from '@nestjs/swagger';
import { CountField } from '../http/fields.js';

export class VisitorView {
  @ApiProperty({ description: 'The name of this page’s visitor. Unguessable; keep it with the token.' })
  visitor: string;

  @ApiProperty({ description: 'Proves that the page is this visitor: `authorization: Bearer <token>`.' })
  token: string;
}

export class FetchQuery {
  @CountField({
    description: 'Number of the last message that the page has; 0 for all.',
    min: 0,
    max: 1_000_000_000,
    optional: true,
  })
  after?: number;

  @CountField({ description: 'Seconds to wait for a message when there is none yet.', min: 0, max: 25, optional: true })
  wait?: number;
}

export class WebChatMessageView {
  @ApiProperty({ description: 'Counts up within the conversation.' }) seq: number;
  @ApiProperty() id: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'text, media, options, link or location.' })
  message: object;
}

export class WebChatMessages {
  @ApiProperty({ type: [WebChatMessageView] }) items: WebChatMessageView[];
}
