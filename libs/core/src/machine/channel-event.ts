import type { Json, JsonObject } from '../json.js';
import type { InboundMessage } from '../message/inbound.js';

interface Source {
  /** Id of the trigger. */
  trigger: string;
  channel: string;
  /** When the message was stored. */
  at: string;
  message: InboundMessage;
}

/** The `event` of a trigger on what contacts write or tap, for the message that matched it (language, section 2). */
export function eventOf(type: string, source: Source): JsonObject {
  const { message } = source;
  switch (type) {
    case 'channel.postback':
      return { ...common(type, source), payload: message.option?.id ?? '', title: message.option?.title ?? '' };
    case 'channel.comment': {
      const { id = '', mediaId = '', username } = message.comment ?? {};
      return compact({ ...common(type, source), text: message.text, commentId: id, mediaId, username });
    }
    case 'channel.story':
      return compact({
        ...common(type, source),
        kind: message.story?.kind ?? '',
        text: message.text,
        storyId: message.story?.id,
      });
    default:
      return channelEvent(source);
  }
}

/** The `event` of a `channel.message` trigger. */
export function channelEvent(source: Source): JsonObject {
  return mergeBurst(common('channel.message', source), [source.message]);
}

function common(type: string, { trigger, channel, at, message }: Source): JsonObject {
  return { id: message.id, trigger, type, at, channel };
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
