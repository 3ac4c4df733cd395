import type { ChannelEvent, InboundMedia, InboundMessage, JsonObject } from '@workflows/core';
import { idAt, isObject, objectAt, objectsAt, textAt } from '../meta/payload.js';

/** Who wrote to whom, and when. */
export interface From {
  account: string;
  /** The contact's id, which only this account knows them by. */
  sender: string;
  at: string;
}

type Content = Pick<InboundMessage, 'kind' | 'text' | 'option' | 'media' | 'story' | 'raw'>;

/**
 * A message of a contact. One with several files becomes several messages, in their order: each of ours has one. Null
 * without an id, because a repeat could not be told from a new message.
 */
export function readMessage(message: JsonObject, from: From): ChannelEvent[] | null {
  const id = idAt(message, 'mid');
  if (id === undefined) return null;
  if (message['is_deleted'] === true) return [{ type: 'notice', account: from.account, field: 'message.deleted', raw: message }];
  const quotedId = idAt(objectAt(message, 'reply_to'), 'mid');
  const referral = message['referral'];
  return contentsOf(message).map((content, index) =>
    written(from, {
      id: index === 0 ? id : `${id}#${index + 1}`,
      at: from.at,
      ...content,
      ...(quotedId === undefined ? {} : { quotedId }),
      ...(isObject(referral) ? { referral } : {}),
    }),
  );
}

/** A tap on an ice breaker, the menu, or a button of a template. */
export function readPostback(postback: JsonObject, from: From): ChannelEvent {
  const payload = idAt(postback, 'payload', 'title') ?? '';
  const title = textAt(postback, 'title') ?? payload;
  const id = idAt(postback, 'mid') ?? `postback:${from.sender}:${from.at}`;
  return written(from, { id, at: from.at, kind: 'option', text: title, option: { id: payload, title } });
}

/** A reaction has no id of its own; whether it opens the window is not documented, so it does not. */
export function readReaction(reaction: JsonObject, from: From): ChannelEvent | null {
  const messageId = idAt(reaction, 'mid');
  if (messageId === undefined) return null;
  const emoji = textAt(reaction, 'action') === 'unreact' ? '' : (textAt(reaction, 'emoji') ?? textAt(reaction, 'reaction') ?? '');
  const id = `reaction:${messageId}:${from.at}:${emoji === '' ? 'unreact' : 'react'}`;
  return written(from, { id, at: from.at, kind: 'reaction', opensWindow: false, text: '', reaction: { messageId, emoji } });
}

function contentsOf(message: JsonObject): Content[] {
  const text = textAt(message, 'text') ?? '';
  const payload = idAt(objectAt(message, 'quick_reply'), 'payload');
  if (payload !== undefined) return [{ kind: 'option', text: text || payload, option: { id: payload, title: text || payload } }];
  const attachments = objectsAt(message, 'attachments');
  if (attachments.some((each) => textAt(each, 'type') === 'story_mention'))
    return [{ kind: 'text', text, story: { kind: 'mention' } }];
  const story = storyOf(message);
  const files = attachments.flatMap((each) => mediaOf(each) ?? []);
  if (files.length > 0)
    return files.map((media, index) => ({ kind: 'media', text: index === 0 ? text : '', media, ...(index === 0 ? story : {}) }));
  if (text !== '' || 'story' in story) return [{ kind: 'text', text, ...story }];
  return [{ kind: 'unsupported', text: '', raw: message }];
}

function storyOf(message: JsonObject): Pick<Content, 'story'> {
  const story = objectAt(message, 'reply_to')['story'];
  if (!isObject(story)) return {};
  const id = idAt(story, 'id');
  return { story: { kind: 'reply', ...(id === undefined ? {} : { id }) } };
}

const MEDIA_TYPES = new Map<string, { type: InboundMedia['type']; mime: string }>([
  ['image', { type: 'image', mime: 'image/*' }],
  ['video', { type: 'video', mime: 'video/*' }],
  ['reel', { type: 'video', mime: 'video/*' }],
  ['ig_reel', { type: 'video', mime: 'video/*' }],
  ['audio', { type: 'audio', mime: 'audio/*' }],
  ['file', { type: 'document', mime: 'application/octet-stream' }],
]);

/** Files come with an address and without an id or a type, so the address is their name. */
function mediaOf(attachment: JsonObject): InboundMedia | null {
  const known = MEDIA_TYPES.get(textAt(attachment, 'type') ?? '');
  const url = textAt(objectAt(attachment, 'payload'), 'url');
  return known === undefined || url === undefined ? null : { mediaId: url, ...known };
}

function written({ account, sender }: From, message: InboundMessage): ChannelEvent {
  return { type: 'message', account, aliases: [{ kind: 'igsid', value: sender }], message };
}
