import { ApiProperty } from '@nestjs/swagger';
import type { Json } from '@workflows/core';
import type { ConversationMessage, ConversationRecord } from '@workflows/ports';
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
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) lastInboundAt: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
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
