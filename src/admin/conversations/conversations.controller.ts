import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { assertNever } from '@workflows/core';
import { Conversations, TenantScope } from '@workflows/engine';
import { ConversationStore, type GivingBack } from '@workflows/storage';
import { CurrentCaller, Needs } from '../../access/access.decorators.js';
import { type Caller, nameOf } from '../../access/caller.js';
import { AnId } from '../../http/id-pipe.js';
import { checkedKey } from '../../http/idempotency-key.js';
import { Operation } from '../../http/operation.js';
import { PageQuery, pageOf } from '../../http/paging.js';
import { conflict, notFound } from '../../problems/refusal.js';
import { ConversationPage, ConversationView, GiveBackBody, MessagePage, ReplyBody, ReplyView } from './conversations.dto.js';

@ApiTags('Conversations')
@Controller('v1/conversations')
export class ConversationsController {
  constructor(
    private readonly scope: TenantScope,
    private readonly conversations: ConversationStore,
    private readonly people: Conversations,
  ) {}

  @Get()
  @Needs('read')
  @Operation({ summary: 'List the conversations', type: ConversationPage })
  list(@Query() query: PageQuery): Promise<ConversationPage> {
    return this.conversations.list(this.scope.tenantId, pageOf(query));
  }

  @Get(':conversationId')
  @Needs('read')
  @Operation({ summary: 'Get a conversation', type: ConversationView, refusals: { 404: 'There is no such conversation.' } })
  async get(@Param('conversationId', AnId) id: string): Promise<ConversationView> {
    const conversation = await this.conversations.get(this.scope.tenantId, id);
    if (conversation === null) throw notFound('conversation');
    return conversation;
  }

  @Get(':conversationId/messages')
  @Needs('read')
  @Operation({
    summary: 'List the messages of a conversation, both directions',
    type: MessagePage,
    refusals: { 404: 'There is no such conversation.' },
  })
  async messages(@Param('conversationId', AnId) id: string, @Query() query: PageQuery): Promise<MessagePage> {
    await this.get(id);
    return this.conversations.messages(this.scope.tenantId, id, pageOf(query));
  }

  @Post(':conversationId/reply')
  @Needs('write')
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'Up to 200 characters; a repeat sends nothing more.' })
  @Operation({
    summary: 'Write to the contact; the runs of the contact keep still until the conversation is handed back',
    status: 202,
    type: ReplyView,
    refusals: {
      400: 'A field is wrong.',
      404: 'There is no such conversation.',
      409: 'The channel takes no free text now, because the contact last wrote too long ago.',
    },
  })
  async reply(
    @Param('conversationId', AnId) id: string,
    @Body() { text, by }: ReplyBody,
    @CurrentCaller() caller: Caller,
    @Headers('idempotency-key') key?: string,
  ): Promise<ReplyView> {
    const message = { type: 'content', text } as const;
    const replied = await this.people.reply(this.scope.tenantId, id, {
      message,
      by: by ?? nameOf(caller),
      key: key === undefined ? randomUUID() : checkedKey(key),
    });
    switch (replied.outcome) {
      case 'accepted':
        return { repeated: replied.repeated };
      case 'not_found':
        throw notFound('conversation');
      case 'refused':
        throw conflict(replied.failure.message);
      default:
        return assertNever(replied);
    }
  }

  @Post(':conversationId/hand-back')
  @Needs('write')
  @Operation({
    summary: 'Give the conversation back: a hand-off goes on with the note, and all runs may speak again',
    status: 202,
    refusals: { 400: 'A field is wrong.', 404: 'There is no such conversation.', 409: 'People do not have it.' },
  })
  handBack(
    @Param('conversationId', AnId) id: string,
    @Body() body: GiveBackBody,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    return this.giveBack(id, 'handed_back', body, caller);
  }

  @Post(':conversationId/close')
  @Needs('write')
  @Operation({
    summary: 'End a hand-off by its port "closed"',
    status: 202,
    refusals: { 400: 'A field is wrong.', 404: 'There is no such conversation.', 409: 'No run has handed it off.' },
  })
  close(@Param('conversationId', AnId) id: string, @Body() body: GiveBackBody, @CurrentCaller() caller: Caller): Promise<void> {
    return this.giveBack(id, 'closed', body, caller);
  }

  private giveBack(id: string, how: GivingBack['how'], { note, by }: GiveBackBody, caller: Caller): Promise<void> {
    const via = nameOf(caller);
    return this.people.giveBack(this.scope.tenantId, id, { how, note, by: by ?? via, via, key: randomUUID() });
  }
}
