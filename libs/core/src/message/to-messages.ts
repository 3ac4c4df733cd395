import { terminal } from '../failure.js';
import type { ChannelCapabilities } from './capabilities.js';
import { checkOptions } from './options.js';
import type { ContentMessage } from './outbound.js';
import { fits, splitText, type TextLimit } from './split-text.js';

/** Computed text becomes at most this many messages (language, section 6.1). */
const MOST_PARTS = 5;

/** What a message node says: the content of a message before the channel's limits are looked at. */
export type MessageContent = Omit<ContentMessage, 'type'>;

/**
 * The messages that carry a content over a channel, in order. Text over the limit is cut at paragraphs, sentences or
 * words; options and links stay with the last part, media with the first, and a quote with the first message.
 * Throws `channel.invalid` when more than five would be needed or a limit cannot be met, `channel.unsupported` when the
 * channel has no such content. Nothing is cut off silently.
 */
export function toMessages(content: MessageContent, capabilities: ChannelCapabilities): ContentMessage[] {
  const { text = '', replyTo, ...attachment } = content;
  checkAttachment(content, capabilities);
  const words = text.trim();
  const bodies = [...partsOf(words, attachment, capabilities)];
  if (bodies.length === 0)
    throw terminal(
      'channel.invalid',
      'The message is empty: its text rendered to nothing and nothing is attached. Give it a text.',
    );
  if (bodies.length > MOST_PARTS) throw tooLong();
  return bodies.map((body, index) => ({
    type: 'content',
    ...body,
    ...(index === 0 && replyTo !== undefined ? { replyTo } : {}),
  }));
}

type Attachment = Omit<MessageContent, 'text' | 'replyTo'>;
type Body = Omit<ContentMessage, 'type' | 'replyTo'>;

function partsOf(text: string, attachment: Attachment, capabilities: ChannelCapabilities): Body[] {
  if (text === '') return isEmpty(attachment) ? [] : [attachment];
  const { media, options, link } = attachment;
  if (media !== undefined) return captioned(text, attachment, capabilities);
  if (options !== undefined) return endingWith(text, attachment, capabilities, capabilities.textWithOptions);
  if (link !== undefined)
    return endingWith(text, attachment, capabilities, { max: capabilities.link.text, unit: capabilities.text.unit });
  const messages = cut(text, capabilities.text).map((part): Body => ({ text: part }));
  return isEmpty(attachment) ? messages : [...messages, attachment];
}

/** The last part carries the attachment and has its smaller limit. */
function endingWith(text: string, attachment: Attachment, capabilities: ChannelCapabilities, limit: TextLimit): Body[] {
  const parts = cut(text, capabilities.text, smaller(limit, capabilities.text));
  return parts.map((part, index) => (index === parts.length - 1 ? { ...attachment, text: part } : { text: part }));
}

/** The caption where it fits; otherwise the media first and the words behind it. */
function captioned(text: string, attachment: Attachment, capabilities: ChannelCapabilities): Body[] {
  const type = attachment.media?.type;
  const takesCaption = type !== 'audio' && type !== 'sticker';
  if (takesCaption && fits(text, { max: capabilities.caption, unit: capabilities.text.unit })) return [{ ...attachment, text }];
  return [attachment, ...cut(text, capabilities.text).map((part): Body => ({ text: part }))];
}

function cut(text: string, each: TextLimit, last: TextLimit = each): string[] {
  const parts = splitText(text, each, last);
  if (parts === null) {
    throw terminal('channel.invalid', `The text has a word longer than the ${each.max} ${each.unit} of one message. Shorten it.`);
  }
  return parts;
}

function checkAttachment(content: MessageContent, capabilities: ChannelCapabilities): void {
  const { media, options, listLabel, link, location } = content;
  if (media !== undefined && !capabilities.media.includes(media.type)) throw unsupported(`media of type ${media.type}`);
  if (location !== undefined && !capabilities.location) throw unsupported('locations');
  if (link !== undefined && link.title.length > capabilities.link.title) {
    throw terminal('channel.invalid', `The link's title is longer than ${capabilities.link.title} characters. Shorten it.`);
  }
  if (options !== undefined) {
    if ((content.text ?? '').trim() === '')
      throw terminal('channel.invalid', 'Options need a text above them, and it rendered to nothing. Give it a text.');
    checkOptions(options, listLabel, capabilities);
  }
}

function isEmpty(attachment: Attachment): boolean {
  const { media, options, link, location, reaction } = attachment;
  return [media, options, link, location, reaction].every((part) => part === undefined);
}

function smaller(a: TextLimit, b: TextLimit): TextLimit {
  return a.max <= b.max ? a : b;
}

function tooLong(): Error {
  return terminal('channel.invalid', `The text needs more than ${MOST_PARTS} messages of this channel. Shorten it.`);
}

function unsupported(what: string): Error {
  return terminal('channel.unsupported', `The channel of this conversation cannot carry ${what}. Send something else on it.`);
}
