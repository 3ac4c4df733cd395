import type { ContactAlias, ContentMessage, JsonObject, OutboundMedia, OutboundMessage } from '@workflows/core';
import { INSTAGRAM_CAPABILITIES as limits } from './capabilities.js';
import { refuse } from './refusal.js';

/** What is posted, and where: `messages` of the account, or `replies` below a comment. */
export interface Rendered {
  to: 'messages' | { repliesOf: string };
  body: JsonObject;
}

const [quickReplies = { max: 0, title: 0 }] = limits.options;

/**
 * The body of `POST /{ig-id}/messages`, or of `POST /{comment-id}/replies` for an answer in public.
 * @throws WorkflowError `channel.invalid`, `channel.unsupported` or `channel.undeliverable` when Meta would refuse it
 */
export function render(message: OutboundMessage, to: ContactAlias[]): Rendered {
  if (message.type === 'template')
    throw refuse('template', 'is unknown there', 'write while the window is open', 'channel.unsupported');
  if (message.public === true) return reply(message);
  const recipient = recipientOf(message, to);
  const { reaction, replyTo } = message;
  if (reaction !== undefined) {
    alone(message, 'reaction');
    const { emoji, messageId } = reaction;
    const payload = { message_id: messageId, ...(emoji === '' ? {} : { reaction: emoji }) };
    return { to: 'messages', body: { recipient, sender_action: emoji === '' ? 'unreact' : 'react', payload } };
  }
  const body: JsonObject = { recipient, message: contentOf(message) };
  return { to: 'messages', body: replyTo === undefined ? body : { ...body, reply_to: { mid: replyTo } } };
}

/** Below the comment, for everybody to see. */
function reply(message: ContentMessage): Rendered {
  if (message.comment === undefined) throw refuse('public', 'answers no comment', 'send it in private', 'channel.unsupported');
  const attached = (['media', 'options', 'link', 'location', 'reaction'] as const).find((part) => message[part] !== undefined);
  if (attached !== undefined) throw refuse(attached, 'cannot be said in public', 'leave it out', 'channel.unsupported');
  return { to: { repliesOf: message.comment.id }, body: { message: textOf(message.text) } };
}

/** The comment's author where the message is its one private answer, else the contact by the id that this account knows. */
function recipientOf({ comment }: ContentMessage, to: ContactAlias[]): JsonObject {
  const id = to.find(({ kind }) => kind === 'igsid')?.value;
  if (id === undefined)
    throw refuse('to', 'holds no igsid', 'send to a contact of an Instagram connection', 'channel.undeliverable');
  return comment === undefined ? { id } : { comment_id: comment.id };
}

function contentOf(message: ContentMessage): JsonObject {
  const { text, media, options, link, location } = message;
  if (location !== undefined) throw refuse('location', 'cannot be sent', 'write the address as text', 'channel.unsupported');
  if (media !== undefined) {
    alone(message, 'media');
    return { attachment: attachmentOf(media) };
  }
  if (link !== undefined) return { attachment: { type: 'template', payload: linkOf(link, text ?? '') } };
  if (options === undefined) return { text: textOf(text) };
  if (options.length > quickReplies.max)
    throw refuse('options', `has more than ${quickReplies.max} of them`, 'offer fewer, or ask in two steps');
  return {
    text: textOf(text),
    quick_replies: options.map(({ id, title }) => {
      // A longer title would be cut off in silence.
      if (title.length > quickReplies.title)
        throw refuse('options', `has a title longer than ${quickReplies.title} characters`, 'shorten it');
      return { content_type: 'text', title, payload: id };
    }),
  };
}

function textOf(text = ''): string {
  if (text === '') throw refuse('text', 'is empty', 'write a text, or leave the message out');
  if (Buffer.byteLength(text) > limits.text.max)
    throw refuse('text', `is longer than ${limits.text.max} bytes`, 'split it into several messages');
  return text;
}

function linkOf({ title, url }: { title: string; url: string }, text: string): JsonObject {
  if (title.length > limits.link.title)
    throw refuse('link.title', `is longer than ${limits.link.title} characters`, 'shorten it');
  if (text === '') throw refuse('text', 'is empty, and a link needs words above it', 'write a text');
  if (text.length > limits.link.text)
    throw refuse('text', `is longer than ${limits.link.text} characters`, 'send the text as a message of its own');
  return { template_type: 'button', text, buttons: [{ type: 'web_url', url, title }] };
}

const ATTACHMENT_TYPES = { image: 'image', video: 'video', audio: 'audio', document: 'file' } as const;

function attachmentOf(media: OutboundMedia): JsonObject {
  const { type, url, mediaId } = media;
  if (type === 'sticker') throw refuse('media', 'cannot be a sticker', 'send an image', 'channel.unsupported');
  if ((url === undefined) === (mediaId === undefined))
    throw refuse('media', 'needs exactly one of url and mediaId', 'give one of them');
  return { type: ATTACHMENT_TYPES[type], payload: sourceOf(url ?? mediaId ?? '') };
}

/** What a contact has sent is known by its address, what the account has uploaded by an id. */
function sourceOf(source: string): JsonObject {
  return /^https?:\/\//.test(source) ? { url: source } : { attachment_id: source };
}

function alone(message: ContentMessage, form: 'reaction' | 'media'): void {
  const others = ['text', 'media', 'options', 'link', 'location', 'reaction'] as const;
  const other = others.find((part) => part !== form && message[part] !== undefined);
  if (other !== undefined) throw refuse(other, `cannot go together with ${form}`, 'send it as a message of its own');
}
