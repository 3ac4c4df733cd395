import type { Failure } from '../failure.js';
import type { Json } from '../json.js';

/** What a contact can send. What a channel has beyond these is kept as `unsupported`, with its raw form. */
export const INBOUND_KINDS = ['text', 'option', 'media', 'location', 'reaction', 'unsupported'] as const;
export type InboundKind = (typeof INBOUND_KINDS)[number];

/** One message from a contact, in the same shape for every channel. */
export interface InboundMessage {
  /** The provider's message id: unique per channel account, and the key by which repeats are dropped. */
  id: string;
  /** When the contact sent it by the provider's clock, ISO 8601 in UTC. */
  at: string;
  kind: InboundKind;
  /** False for what does not count as the contact having written: it opens no window for free text. Absent: true. */
  opensWindow?: false;
  /** The text, the caption of a media, the title of an option; '' when there is none. */
  text: string;
  /** A tapped button, list row or template button; `id` is what was sent as the option's id or payload. */
  option?: { id: string; title: string };
  media?: InboundMedia;
  location?: { latitude: number; longitude: number; name?: string; address?: string };
  /** An absent or empty emoji takes the reaction back. */
  reaction?: { messageId: string; emoji: string };
  /** The provider's id of the message that this one answers or quotes. */
  quotedId?: string;
  /** The advertisement or post that brought the contact; every field is the provider's and optional. */
  referral?: { [key: string]: Json };
  /** Present on what was written below a post, for everybody to see: it is no part of the private conversation. */
  comment?: InboundComment;
  /** Present on an answer to a story, or on a story that mentions the account. */
  story?: { kind: StoryKind; id?: string };
  /** The provider's object as it came; only for kind `unsupported`. */
  raw?: Json;
}

export interface InboundComment {
  id: string;
  /** The post, reel or live video that it stands below. */
  mediaId: string;
  username?: string;
}

export const STORY_KINDS = ['reply', 'mention'] as const;
export type StoryKind = (typeof STORY_KINDS)[number];

export interface InboundMedia {
  mediaId: string;
  type: 'image' | 'video' | 'audio' | 'document' | 'sticker';
  mime: string;
  /** Size, where the channel tells it with the message. */
  bytes?: number;
  filename?: string;
}

/** How a channel names a contact. A contact may have several names (a phone and a business-scoped user id). */
export interface ContactAlias {
  kind: 'wa_id' | 'bsuid' | 'parent_bsuid' | 'igsid' | 'webchat' | 'telegram';
  value: string;
}

export const MESSAGE_STATUSES = ['sent', 'delivered', 'read', 'played', 'failed'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/**
 * What a channel reads from one webhook. `account` is the provider's id of the tenant's account (WhatsApp: the
 * phone_number_id) and decides the tenant; it stands on each event, because one body may mix tenants.
 */
export type ChannelEvent =
  | { type: 'message'; account: string; aliases: ContactAlias[]; name?: string; message: InboundMessage }
  | {
      type: 'status';
      account: string;
      /** The provider's id of the message that was sent. */
      messageId: string;
      /** The reference that was given with the send, when the provider returned it. */
      effectRef?: string;
      status: MessageStatus;
      at: string;
      failure?: Failure;
    }
  /** What a person of the tenant has sent to the contact past us, on a phone. `aliases` name the contact. */
  | { type: 'echo'; account: string; aliases: ContactAlias[]; message: InboundMessage }
  /** Anything that starts and settles nothing: unknown fields, account updates, errors without a message. */
  | { type: 'notice'; account?: string; field: string; code?: string; raw: Json };
