import { Inject, Injectable, Optional } from '@nestjs/common';
import type { ChannelEvent, ContactAlias, InboundMessage, SendResult } from '@workflows/core';
import {
  Channel,
  EgressClient,
  type ChannelAccount,
  type OutboundRequest,
  type WebhookRequest,
  type WebhookSecrets,
} from '@workflows/ports';
import { WHATSAPP_CAPABILITIES } from './capabilities.js';
import { aliasOfAddress } from './identity.js';
import { DEFAULT_WHATSAPP_OPTIONS, WHATSAPP_OPTIONS, type WhatsAppOptions } from './options.js';
import { isSuccess } from '../meta/graph-post.js';
import { parse } from './parse.js';
import { postMessage, send } from './send.js';
import { whatsAppSecrets, whatsAppSettings } from './settings.js';
import { hasValidSignature, subscriptionChallenge } from '../meta/signature.js';

/** A read mark that is late is worth nothing, so it does not wait long. */
const ACKNOWLEDGE_TIMEOUT_MS = 5_000;

/** WhatsApp by Meta's Cloud API. It differs from the emulator by `graphUrl` alone. */
@Injectable()
export class WhatsAppChannel extends Channel {
  readonly name = 'whatsapp';
  readonly capabilities = WHATSAPP_CAPABILITIES;
  readonly settings = whatsAppSettings;
  readonly secrets = whatsAppSecrets;

  constructor(
    private readonly egress: EgressClient,
    @Optional() @Inject(WHATSAPP_OPTIONS) private readonly options: WhatsAppOptions = DEFAULT_WHATSAPP_OPTIONS,
  ) {
    super();
  }

  verify(request: WebhookRequest, secrets: WebhookSecrets): boolean {
    return hasValidSignature(request, secrets.appSecrets);
  }

  handshake(request: WebhookRequest, secrets: WebhookSecrets): string | null {
    return subscriptionChallenge(request, secrets);
  }

  parse(body: unknown): ChannelEvent[] {
    return parse(body);
  }

  aliasOf(address: string): ContactAlias | null {
    return aliasOfAddress(address);
  }

  send(request: OutboundRequest): Promise<SendResult> {
    return send(this.egress, this.options, request);
  }

  async acknowledge(account: ChannelAccount, message: InboundMessage, { typing }: { typing: boolean }): Promise<boolean> {
    const body = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: message.id,
      ...(typing ? { typing_indicator: { type: 'text' } } : {}),
    };
    const result = await postMessage(this.egress, this.options, account, body, ACKNOWLEDGE_TIMEOUT_MS);
    return isSuccess(result);
  }
}
