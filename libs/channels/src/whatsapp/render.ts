import type { ContactAlias, ContentMessage, JsonObject, OutboundMessage } from '@workflows/core';
import { WHATSAPP_CAPABILITIES as limits } from './capabilities.js';
import { interactiveOf } from './render-interactive.js';
import { mediaOf } from './render-media.js';
import { templateOf } from './render-template.js';
import { refuse } from './refusal.js';

/** Longest `biz_opaque_callback_data`, in characters. */
const LONGEST_REFERENCE = 512;

/**
 * The body of `POST /{phone-number-id}/messages`.
 * @throws WorkflowError `channel.invalid`, `channel.unsupported` or `channel.undeliverable` when Meta would refuse it
 */
export function render(message: OutboundMessage, to: ContactAlias[], effectRef: string): JsonObject {
  if (effectRef.length > LONGEST_REFERENCE)
    throw refuse('effectRef', `is longer than ${LONGEST_REFERENCE} characters`, 'shorten it');
  const body = message.type === 'template' ? templateOf(message) : contentOf(message);
  const replyTo = message.type === 'content' && body['type'] !== 'reaction' ? message.replyTo : undefined;
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...recipientOf(message, to),
    ...body,
    ...(replyTo === undefined ? {} : { context: { message_id: replyTo } }),
    biz_opaque_callback_data: effectRef,
  };
}

/** `to` for a number, with its `+`: without it Meta puts the business's country code in front. A user id never goes into `to`. */
function recipientOf(message: OutboundMessage, to: ContactAlias[]): JsonObject {
  const named = (kind: ContactAlias['kind']) => to.find((alias) => alias.kind === kind)?.value;
  const number = named('wa_id');
  if (number !== undefined) return { to: `+${number.replace(/^\+/, '')}` };
  const user = named('bsuid') ?? named('parent_bsuid');
  if (user === undefined) {
    throw refuse(
      'to',
      'holds neither a wa_id nor a bsuid',
      'send to a contact of a WhatsApp connection',
      'channel.undeliverable',
    );
  }
  if (message.type === 'template' && message.category === 'authentication') {
    throw refuse(
      'category',
      'is authentication and the contact is known by a user id only',
      'ask for the phone number first',
      'channel.unsupported',
    );
  }
  return { recipient: user };
}

/** A content message is one of these forms; the first that fits wins, and parts that it cannot carry are refused. */
function contentOf(message: ContentMessage): JsonObject {
  if (message.reaction)
    return alone(message, 'reaction', {
      type: 'reaction',
      reaction: { message_id: message.reaction.messageId, emoji: message.reaction.emoji },
    });
  if (message.location) return alone(message, 'location', { type: 'location', location: { ...message.location } });
  if (message.options || message.link) return interactiveOf(message);
  if (message.media) return mediaOf(message.media, message.text);
  return textOf(message.text ?? '');
}

function textOf(body: string): JsonObject {
  if (body === '') throw refuse('text', 'is empty', 'write a text, or leave the message out');
  if (body.length > limits.text.max)
    throw refuse('text', `is longer than ${limits.text.max} characters`, 'split it into several messages');
  return { type: 'text', text: { body } };
}

function alone(message: ContentMessage, form: 'reaction' | 'location', body: JsonObject): JsonObject {
  const others: Array<keyof ContentMessage> = ['text', 'media', 'options', 'link', 'location', 'reaction'];
  const other = others.find((part) => part !== form && message[part] !== undefined);
  if (other !== undefined) throw refuse(other, `cannot go together with a ${form}`, 'send it as a message of its own');
  return body;
}
