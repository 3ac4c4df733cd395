import { Inject, Injectable, Optional } from '@nestjs/common';
import type { ChannelEvent, ContactAlias, SendResult } from '@workflows/core';
import { EgressClient, type OutboundRequest } from '@workflows/ports';
import { MetaChannel } from '../meta/meta.channel.js';
import { INSTAGRAM_CAPABILITIES } from './capabilities.js';
import { DEFAULT_INSTAGRAM_OPTIONS, INSTAGRAM_OPTIONS, type InstagramOptions } from './options.js';
import { parse } from './parse.js';
import { send } from './send.js';
import { instagramSecrets, instagramSettings } from './settings.js';

/** Direct messages, story replies and comments of a professional account on Instagram. */
@Injectable()
export class InstagramChannel extends MetaChannel {
  readonly name = 'instagram';
  readonly capabilities = INSTAGRAM_CAPABILITIES;
  readonly settings = instagramSettings;
  readonly secrets = instagramSecrets;

  constructor(
    private readonly egress: EgressClient,
    @Optional() @Inject(INSTAGRAM_OPTIONS) private readonly options: InstagramOptions = DEFAULT_INSTAGRAM_OPTIONS,
  ) {
    super();
  }

  parse(body: unknown): ChannelEvent[] {
    return parse(body);
  }

  /** The id that this account knows a contact by: digits, given by Instagram with the contact's first message. */
  aliasOf(address: string): ContactAlias | null {
    const written = address.trim();
    return /^\d{5,32}$/.test(written) ? { kind: 'igsid', value: written } : null;
  }

  send(request: OutboundRequest): Promise<SendResult> {
    return send(this.egress, this.options, request);
  }

  /** Meta does not say that Instagram has read marks by API, so none is set. */
  acknowledge(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
