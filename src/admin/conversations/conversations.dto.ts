import { ApiProperty } from '@nestjs/swagger';
import type { Json } from '@workflows/core';
import type { ConversationMessage, ConversationRecord } from '@workflows/ports';
import { TextField } from '../../http/fields.js';
import { PageEnd } from '../../http/paging.js';

class AliasView {
  @ApiProperty({ example: 'wa_id' }) kind: string;
  @ApiProperty() value: string;
}

export class ConversationView implements ConversationRecord {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid' }) connectionId: string;
  @ApiProperty({ example: 'whatsapp' }) channel: string;
  @ApiProperty({ format: 'uuid' }) contactId: string;
  @ApiProperty() contactName: string;
  @ApiProperty({ type: [AliasView] }) aliases: AliasView[];
  @ApiProperty({ type: String, nullable: true, description: 'The person who has taken it over.' }) takenBy: string | null;
  @ApiProperty({ description: 'True: a run has given it to people.' }) handedOff: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) lastInboundAt: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
}

export class ReplyBody {
  @TextField({ description: 'What the contact reads.', max: 4096 })
  text: string;

  @TextField({
    description: 'The person who writes, as your inbox names them; the API key unless given.',
    max: 200,
    optional: true,
  })
  by?: string;
}

export class ReplyView {
  @ApiProperty({ description: 'True: the same Idempotency-Key came before, and nothing more is sent.' }) repeated: boolean;
}

export class GiveBackBody {
  @TextField({ description: 'What the run gets as the note of its hand-off.', min: 0, max: 4000, optional: true })
  note: string = '';

  @TextField({ description: 'The person, as your inbox names them; the API key unless given.', max: 200, optional: true })
  by?: string;
}

export class ConversationPage extends PageEnd {
  @ApiProperty({ type: [ConversationView] }) items: ConversationView[];
}

export class MessageView implements ConversationMessage {
  @ApiProperty({ enum: ['inbound', 'outbound'] }) direction: 'inbound' | 'outbound';
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ type: Object, description: 'Inbound: the message. Outbound: what was to be sent.' }) message: Json;
  @ApiProperty({ type: String, nullable: true }) providerId: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Outbound: state of the effect.' }) state: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Outbound: highest receipt.' }) receipt: string | null;
  @ApiProperty({ type: String, nullable: true }) executionId: string | null;
  @ApiProperty({ type: String, nullable: true }) node: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Who wrote what no run has sent: engine, or a person.' })
  author: string | null;
}

export class MessagePage extends PageEnd {
  @ApiProperty({ type: [MessageView] }) items: MessageView[];
}
