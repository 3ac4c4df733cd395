import type { InboundMessage, JsonObject } from '@workflows/core';
import type { ExpectOf } from './expect.config.js';

/** The first fitting media of the burst. */
export function readMedia(messages: readonly InboundMessage[], { types, maxBytes }: ExpectOf<'media'>): JsonObject | undefined {
  const media = messages
    .map((message) => message.media)
    .find(
      (given) =>
        given !== undefined &&
        (types === undefined || types.includes(given.type)) &&
        (given.bytes ?? 0) <= (maxBytes ?? Infinity),
    );
  if (media === undefined) return undefined;
  const { mediaId, type, mime, bytes, filename } = media;
  return { mediaId, type, mime, ...(bytes === undefined ? {} : { bytes }), ...(filename === undefined ? {} : { filename }) };
}
