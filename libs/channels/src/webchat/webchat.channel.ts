import { Injectable } from '@nestjs/common';
import { type ChannelEvent, type ContactAlias, type SendResult, terminal, WorkflowError } from '@workflows/core';
import { Channel, type OutboundRequest, WebChatBox, type WebhookRequest, type WebhookSecrets } from '@workflows/ports';
import { z } from 'zod';
import { WEBCHAT_CAPABILITIES } from './capabilities.js';
import { parse, senderOf } from './parse.js';
import { checked } from './check-message.js';
import { isVisitor, isVisitorName } from './visitor-token.js';

/**
 * A chat on a web page. There is no provider: the page posts what its visitor writes, with the token that it was given, and
 * fetches what is said to them. So a send is certain, and nothing is ever unknown for long.
 */
@Injectable()
export class WebChatChannel extends Channel {
  readonly name = 'webchat';
  readonly capabilities = WEBCHAT_CAPABILITIES;
  readonly settings = z.strictObject({});
  readonly secrets = z.strictObject({});

  constructor(private readonly box: WebChatBox) {
    super();
  }

  verify({ headers, rawBody }: WebhookRequest, { appSecrets }: WebhookSecrets): boolean {
    const sender = senderOf(rawBody);
    return sender !== null && isVisitor(sender, headers['authorization'], appSecrets);
  }

  /** Nobody subscribes to anything. */
  handshake(): string | null {
    return null;
  }

  parse(body: unknown): ChannelEvent[] {
    return parse(body, new Date().toISOString());
  }

  aliasOf(address: string): ContactAlias | null {
    const written = address.trim();
    return isVisitorName(written) ? { kind: 'webchat', value: written } : null;
  }

  async send({ account, to, message, effectRef }: OutboundRequest): Promise<SendResult> {
    const visitor = to.find(({ kind }) => kind === 'webchat')?.value;
    try {
      if (visitor === undefined)
        throw terminal('channel.undeliverable', 'The contact has never been in this web chat. Send to one who has.');
      const { tenantId, connectionId } = account;
      const delivery = { connectionId, visitor, reference: effectRef, message: checked(message) };
      return { outcome: 'accepted', providerId: await this.box.deliver(tenantId, delivery) };
    } catch (error) {
      if (error instanceof WorkflowError) return { outcome: 'refused', failure: error.failure };
      // Sent again under the same reference it is still there once, so nothing is lost by not knowing.
      return { outcome: 'unknown', reason: 'The database did not say whether it has the message.' };
    }
  }

  /** The page shows by itself what it has sent. */
  acknowledge(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
