import type {
  ChannelCapabilities,
  ChannelEvent,
  ContactAlias,
  InboundMessage,
  OutboundMessage,
  SendResult,
} from '@workflows/core';
import type { z } from 'zod';

/** A webhook as it came, free of any HTTP framework. Header names are lower case. */
export interface WebhookRequest {
  headers: Record<string, string | undefined>;
  rawBody: Buffer;
  query: Record<string, string | undefined>;
}

/** Secrets of the application (not of a tenant) that a channel's webhooks are checked with. */
export interface WebhookSecrets {
  appSecrets: string[];
  verifyToken: string;
}

/** A tenant's account on a channel, with its secrets opened. Lives as briefly as possible and is never logged. */
export interface ChannelAccount {
  tenantId: string;
  connectionId: string;
  /** The provider's id of the account, as on the events (WhatsApp: phone_number_id). */
  account: string;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
}

export interface OutboundRequest {
  account: ChannelAccount;
  /** All names that the channel has for the contact; the channel picks the one it sends to. */
  to: ContactAlias[];
  message: OutboundMessage;
  /** Comes back on the provider's receipts, where the provider can do that: at most 200 characters. */
  effectRef: string;
  timeoutMs: number;
}

/**
 * One messaging channel. Adapters are static, know nothing of tenants beyond the account they are handed, and reach
 * the network only through the EgressClient. The channel contract suite runs over each of them.
 */
export abstract class Channel {
  /** As written in workflows: `whatsapp`. */
  abstract readonly name: string;
  abstract readonly capabilities: ChannelCapabilities;
  /** Strict zod objects of a connection's public settings and of its secrets. */
  abstract readonly settings: z.ZodType<Record<string, unknown>>;
  abstract readonly secrets: z.ZodType<Record<string, string>>;

  /** True when the bytes bear a valid signature. Compares in constant time and throws nothing. */
  abstract verify(request: WebhookRequest, secrets: WebhookSecrets): boolean;

  /** The answer to the provider's subscription handshake, or null when the request is no valid one. */
  abstract handshake(request: WebhookRequest, secrets: WebhookSecrets): string | null;

  /**
   * Reads a verified body. Never throws on what it does not know: one bad entry must not refuse the rest. Order is kept.
   */
  abstract parse(body: unknown): ChannelEvent[];

  /** How this channel names the contact at an address that a person wrote, such as a phone number; null: no address here. */
  abstract aliasOf(address: string): ContactAlias | null;

  /** One POST. Says `unknown` whenever the request may have reached the provider. Never throws for network reasons. */
  abstract send(request: OutboundRequest): Promise<SendResult>;

  /** Marks a message as read and may show typing; a failure is of no consequence and only reported. */
  abstract acknowledge(account: ChannelAccount, message: InboundMessage, options: { typing: boolean }): Promise<boolean>;
}
