import { Injectable } from '@nestjs/common';
import { type Failure, windowFailure } from '@workflows/core';
import { Doorbell } from '@workflows/ports';
import { ConversationStore, type GivingBack, type PersonalReply } from '@workflows/storage';
import { ChannelRegistry } from '../channels/channel.registry.js';

export type Replied =
  { outcome: 'accepted'; repeated: boolean } | { outcome: 'not_found' } | { outcome: 'refused'; failure: Failure };

/** The door through which people talk: for REST and importing modules. */
@Injectable()
export class Conversations {
  constructor(
    private readonly store: ConversationStore,
    private readonly channels: ChannelRegistry,
    private readonly doorbell: Doorbell,
  ) {}

  /**
   * Writes to the contact in a person's name. The message goes the road of all messages, in its order, and the contact's runs
   * keep still from then on. Refused when the channel's window for free text is closed.
   */
  async reply(tenantId: string, conversationId: string, reply: PersonalReply): Promise<Replied> {
    const conversation = await this.store.get(tenantId, conversationId);
    if (conversation === null) return { outcome: 'not_found' };
    const { capabilities } = this.channels.get(conversation.channel);
    const failure = windowFailure(reply.message, capabilities, conversation.lastInboundAt, Date.now());
    if (failure !== null) return { outcome: 'refused', failure };
    const { repeated } = await this.store.reply(tenantId, conversationId, reply);
    this.doorbell.ring('outbound');
    this.doorbell.ring('advance');
    return { outcome: 'accepted', repeated };
  }

  /** Gives the conversation back to its runs. Throws DatabaseRefusal `not_found`, or `conflict` when people do not have it. */
  async giveBack(tenantId: string, conversationId: string, given: GivingBack): Promise<void> {
    await this.store.giveBack(tenantId, conversationId, given);
    this.doorbell.ring('advance');
  }
}
