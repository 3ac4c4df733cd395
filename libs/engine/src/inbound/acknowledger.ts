import { Injectable, Logger } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { ChannelRegistry } from '../channels/channel.registry.js';
import { ConnectionAccounts } from '../connections/connection-accounts.js';
import { LettersRead } from '../facts/execution-facts.js';

/**
 * Marks messages as read and shows typing, where a connection's settings ask for it. Of no consequence: it may fail,
 * be late, or never happen.
 */
@Injectable()
export class Acknowledger {
  private readonly logger = new Logger(Acknowledger.name);

  constructor(
    private readonly accounts: ConnectionAccounts,
    private readonly channels: ChannelRegistry,
  ) {}

  @OnEvent(LettersRead.fact)
  async onLettersRead({ claimed }: LettersRead): Promise<void> {
    const { conversation, tenantId } = claimed;
    // Marking one message as read marks the earlier ones too.
    const letter = claimed.letters.findLast((candidate) => candidate.kind === 'message');
    if (conversation === null || letter?.kind !== 'message') return;
    try {
      const account = await this.accounts.open(tenantId, conversation.connectionId);
      if (account?.settings['markRead'] !== true) return;
      await this.channels
        .get(conversation.channel)
        .acknowledge(account, letter.body.message, { typing: account.settings['typing'] === true });
    } catch (error) {
      this.logger.debug({ msg: 'A message could not be marked as read', tenantId, err: error });
    }
  }
}
