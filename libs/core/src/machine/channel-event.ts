import type { Json, JsonObject } from '../json.js';
import type { InboundMessage } from '../message/inbound.js';

/** The `event` of a `channel.message` trigger for the message that matched it (language, section 2). */
export function channelEvent(source: { trigger: string; channel: string; at: string; message: InboundMessage }): JsonObject {
  const { trigger, channel, at, message } = source;
  return mergeBurst({ id: message.id, trigger, type: 'channel.message', at, channel }, [message]);
}

/** The `event` of a `channel.postback` trigger for the tap that matched it. */
export function postbackEvent(source: { trigger: string; channel: string; at: string; message: InboundMessage }): JsonObject {
  const { trigger, channel, at, message } = source;
  const { id: payload = '', title = '' } = message.option ?? {};
  return { id: message.id, trigger, type: 'channel.postback', at, channel, payload, title };
}

/**
 * The event with what a burst of messages adds up to: texts joined by newlines, the kind of the first message, and of
 * media, location, referral and quote the first that there is. `messages` has all of them in order.
 */
export function mergeBurst(event: JsonObject, messages: readonly InboundMessage[]): JsonObject {
  const parts = messages.map(messageValue);
  const firstOf = (field: string): Json | undefined => parts.find((part) => part[field] !== undefined)?.[field];
  return compact({
    ...event,
    kind: parts[0]?.['kind'] ?? 'text',
    text: joinTexts(messages),
    messages: parts,
    media: firstOf('media'),
    location: firstOf('location'),
    referral: firstOf('referral'),
    quotedId: firstOf('quotedId'),
  });
}

export function joinTexts(messages: readonly InboundMessage[]): string {
  return messages
    .map((message) => message.text)
    .filter((part) => part !== '')
    .join('\n');
}

/** A message as expressions see it, without the provider's raw form. */
export function messageValue(message: InboundMessage): JsonObject {
  const { id, at, kind, text, option, media, location, reaction, quotedId, referral } = message;
  return compact({
    id,
    at,
    kind,
    text,
    option: option && { id: option.id, title: option.title },
    media: media && compact({ ...media }),
    location: location && compact({ ...location }),
    reaction: reaction && { messageId: reaction.messageId, emoji: reaction.emoji },
    quotedId,
    referral,
  });
}

/** Without the fields that are not there: state is plain JSON, and JSON has no `undefined`. */
function compact(fields: Record<string, Json | undefined>): JsonObject {
  const kept: JsonObject = {};
  for (const [name, field] of Object.entries(fields)) if (field !== undefined) kept[name] = field;
  return kept;
}
