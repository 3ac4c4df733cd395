import type { InboundMedia, InboundMessage, JsonObject } from '@workflows/core';
import { idAt, isObject, numberAt, objectAt, textAt } from '../meta/payload.js';

/**
 * Changes of a number or of an earlier message say nothing, and whether a reaction opens the window is not documented:
 * the cautious choice, because free text into a closed window is refused.
 */
const OPEN_NO_WINDOW = new Set(['reaction', 'system', 'edit', 'revoke']);

type Content = Pick<InboundMessage, 'kind' | 'text' | 'option' | 'media' | 'location' | 'reaction'>;

/** One message object of the wire. What is unknown, or lacks the parts of its type, becomes `unsupported` with its raw form. */
export function readMessage(message: JsonObject, id: string, at: string): InboundMessage {
  const content = contentOf(message) ?? { kind: 'unsupported', text: '', raw: message };
  const quotedId = idAt(objectAt(message, 'context'), 'id'); // A forwarded message has a context without an id.
  const referral = message['referral'];
  return {
    id,
    at,
    ...content,
    ...(OPEN_NO_WINDOW.has(textAt(message, 'type') ?? '') ? { opensWindow: false } : {}),
    ...(quotedId === undefined ? {} : { quotedId }),
    ...(isObject(referral) ? { referral } : {}),
  };
}

function contentOf(message: JsonObject): Content | null {
  const type = textAt(message, 'type') ?? '';
  const part = objectAt(message, type);
  switch (type) {
    case 'text':
      return typeof part['body'] === 'string' ? { kind: 'text', text: part['body'] } : null;
    case 'button':
      return templateButton(part);
    case 'interactive':
      return reply(part);
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return media(type, part);
    case 'location':
      return location(part);
    case 'reaction':
      return reaction(part);
    default:
      return null;
  }
}

/** A tap on a template's quick reply; `payload` is what the template was sent with, or the title when it had none. */
function templateButton(button: JsonObject): Content | null {
  const id = idAt(button, 'payload', 'text');
  if (id === undefined) return null;
  const title = textAt(button, 'text') ?? id;
  return { kind: 'option', text: title, option: { id, title } };
}

/** A tap on one of our buttons or list rows. Forms and call permissions come as `interactive` too and are not read yet. */
function reply(interactive: JsonObject): Content | null {
  const type = textAt(interactive, 'type');
  if (type !== 'button_reply' && type !== 'list_reply') return null;
  const chosen = objectAt(interactive, type);
  const id = idAt(chosen, 'id');
  if (id === undefined) return null;
  const title = textAt(chosen, 'title') ?? id;
  return { kind: 'option', text: title, option: { id, title } };
}

function media(type: InboundMedia['type'], part: JsonObject): Content | null {
  const mediaId = idAt(part, 'id');
  if (mediaId === undefined) return null;
  const filename = textAt(part, 'filename');
  return {
    kind: 'media',
    text: textAt(part, 'caption') ?? '',
    media: {
      mediaId,
      type,
      mime: textAt(part, 'mime_type') ?? 'application/octet-stream',
      ...(filename === undefined ? {} : { filename }),
    },
  };
}

function location(part: JsonObject): Content | null {
  const latitude = numberAt(part, 'latitude');
  const longitude = numberAt(part, 'longitude');
  if (latitude === undefined || longitude === undefined) return null;
  const name = textAt(part, 'name');
  const address = textAt(part, 'address');
  return {
    kind: 'location',
    text: '',
    location: { latitude, longitude, ...(name === undefined ? {} : { name }), ...(address === undefined ? {} : { address }) },
  };
}

/** A reaction is taken back by an empty emoji or by none at all; both occur. */
function reaction(part: JsonObject): Content | null {
  const messageId = idAt(part, 'message_id');
  return messageId === undefined
    ? null
    : { kind: 'reaction', text: '', reaction: { messageId, emoji: textAt(part, 'emoji') ?? '' } };
}
