import { Inject, Injectable, Optional } from '@nestjs/common';
import type { ChannelEvent, ContactAlias, InboundMessage, SendResult } from '@workflows/core';
import { EgressClient, type ChannelAccount, type OutboundRequest } from '@workflows/ports';
import { isSuccess } from '../meta/graph-post.js';
import { MetaChannel } from '../meta/meta.channel.js';
import { WHATSAPP_CAPABILITIES } from './capabilities.js';
import { aliasOfAddress } from './identity.js';
import { DEFAULT_WHATSAPP_OPTIONS, WHATSAPP_OPTIONS, type WhatsAppOptions } from './options.js';
import { parse } from './parse.js';
import { postMessage, send } from './send.js';
import { whatsAppSecrets, whatsAppSettings } from './settings.js';

/** A read mark that is late is worth nothing, so it does not wait long. */
const ACKNOWLEDGE_TIMEOUT_MS = 5_000;

/** WhatsApp by Meta's Cloud API. It differs from the emulator by `graphUrl` alone. */
@Injectable()
export class WhatsAppChannel extends MetaChannel {
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
