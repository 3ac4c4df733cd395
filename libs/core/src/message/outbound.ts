import type { Failure } from '../failure.js';
import type { Json } from '../json.js';

/** A choice that is offered to a contact; the channel decides whether it becomes a button, a list row or a quick reply. */
export interface MessageOption {
  id: string;
  title: string;
  description?: string;
}

export interface OutboundMedia {
  type: 'image' | 'video' | 'audio' | 'document' | 'sticker';
  /** Exactly one of `url` and `mediaId`. */
  url?: string;
  mediaId?: string;
  filename?: string;
}

/** One message to a contact, ready to be rendered for a channel: texts are final, limits are met. */
export type OutboundMessage = ContentMessage | TemplateMessage;

export interface ContentMessage {
  type: 'content';
  text?: string;
  media?: OutboundMedia;
  options?: MessageOption[];
  /** Label of the button that opens a list. */
  listLabel?: string;
  link?: { title: string; url: string };
  location?: { latitude: number; longitude: number; name?: string; address?: string };
  reaction?: { emoji: string; messageId: string };
  /** The provider's id of the message that this one answers. */
  replyTo?: string;
  /** True: below the comment, for everybody to see. */
  public?: true;
  /** The comment that this message answers, written at `at`: in public, or as the one private message that it allows. */
  comment?: { id: string; at: string };
}

export interface TemplateMessage {
  type: 'template';
  name: string;
  language: string;
  category: 'marketing' | 'utility' | 'authentication';
  /** Values by parameter name, or by position '1', '2', ... */
  params: Record<string, string>;
  header?: { media?: OutboundMedia; location?: { latitude: number; longitude: number; name?: string; address?: string } };
  buttons?: Array<{ payload?: string; urlSuffix?: string; code?: string }>;
}

/** What the provider answered to one send. */
export type SendResult =
  | { outcome: 'accepted'; providerId: string; details?: Json }
  /** Surely not sent: a definite refusal, or an error before a byte was written. */
  | { outcome: 'refused'; failure: Failure }
  /** Nobody knows: a timeout, a reset or a 5xx after the request went out. Never sent again blindly. */
  | { outcome: 'unknown'; reason: string };
