import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { ConversationStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { AnId } from '../../http/id-pipe.js';
import { Operation } from '../../http/operation.js';
import { PageQuery, pageOf } from '../../http/paging.js';
import { notFound } from '../../problems/refusal.js';
import { ConversationPage, ConversationView, MessagePage } from './conversations.dto.js';

@ApiTags('Conversations')
@Needs('read')
@Controller('v1/conversations')
export class ConversationsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly conversations: ConversationStore,
  ) {}

  @Get()
  @Operation({ summary: 'List the conversations', type: ConversationPage })
  list(@Query() query: PageQuery): Promise<ConversationPage> {
    return this.conversations.list(this.scope.tenantId, pageOf(query));
  }

  @Get(':conversationId')
  @Operation({ summary: 'Get a conversation', type: ConversationView, refusals: { 404: 'There is no such conversation.' } })
  async get(@Param('conversationId', AnId) id: string): Promise<ConversationView> {
    const conversation = await this.conversations.get(this.scope.tenantId, id);
    if (conversation === null) throw notFound('conversation');
    return conversation;
  }

  @Get(':conversationId/messages')
  @Operation({
    summary: 'List the messages of a conversation, both directions',
    type: MessagePage,
    refusals: { 404: 'There is no such conversation.' },
  })
  async messages(@Param('conversationId', AnId) id: string, @Query() query: PageQuery): Promise<MessagePage> {
    await this.get(id);
    return this.conversations.messages(this.scope.tenantId, id, pageOf(query));
  }
}
