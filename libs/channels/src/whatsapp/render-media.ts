import type { JsonObject, OutboundMedia } from '@workflows/core';
import { WHATSAPP_CAPABILITIES as limits } from './capabilities.js';
import { refuse } from './refusal.js';

/** A media message; the text becomes its caption. */
export function mediaOf(media: OutboundMedia, caption = ''): JsonObject {
  if (caption !== '' && (media.type === 'audio' || media.type === 'sticker')) {
    throw refuse('text', `cannot be the caption of ${media.type}`, 'send the text as a message of its own');
  }
  if (caption.length > limits.caption)
    throw refuse('text', `is a caption longer than ${limits.caption} characters`, 'send the text as a message of its own');
  return { type: media.type, [media.type]: { ...mediaObject(media), ...(caption === '' ? {} : { caption }) } };
}

/** The header of a template or of a message with options: `{ type, [type]: { id | link } }`. */
export function mediaHeader(field: string, media: OutboundMedia): JsonObject {
  if (media.type === 'audio' || media.type === 'sticker') {
    throw refuse(field, `cannot be ${media.type} in a header`, 'use an image, a video or a document');
  }
  return { type: media.type, [media.type]: mediaObject(media) };
}

/** `{ id }` or `{ link }`, with the name of a document. */
function mediaObject(media: OutboundMedia): JsonObject {
  if ((media.url === undefined) === (media.mediaId === undefined))
    throw refuse('media', 'needs exactly one of url and mediaId', 'give one of them');
  return {
    ...(media.url === undefined ? {} : { link: media.url }),
    ...(media.mediaId === undefined ? {} : { id: media.mediaId }),
    ...(media.type === 'document' && media.filename !== undefined ? { filename: media.filename } : {}),
  };
}
