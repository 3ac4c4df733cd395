import { pointerOf } from '../definition/schema-walk.js';
import { isObject } from '../expression/convert.js';
import type { Json, JsonObject } from '../json.js';
import type { ChannelCapabilities } from '../message/capabilities.js';
import { optionProblems } from './channel-options.js';
import { literalSize, type TextLimit } from './literal-size.js';
import type { OutlineNode } from './outline.js';
import type { Problem } from './problem.js';
import { configOf } from './silence.js';

/** Computed text over the limit is split into at most this many messages (language, section 6.1). */
const MOST_PARTS = 5;

/** What a message node says, against what one channel can carry. */
export function contentProblems(node: OutlineNode, channel: string, capabilities: ChannelCapabilities): Problem[] {
  const config = configOf(node.raw);
  const limit = textLimit(config, capabilities);
  const pointer = `${node.pointer}/with`;
  return [
    ...textProblems(config['text'], `${pointer}/text`, limit, capabilities.text, channel),
    ...spokenLater(config, pointer).flatMap(([text, place]) => textProblems(text, place, limit, capabilities.text, channel)),
    ...(config['options'] === undefined ? [] : optionProblems(config, pointer, channel, capabilities)),
    ...mediaProblems(config['media'], `${pointer}/media`, channel, capabilities),
    ...linkProblems(config['link'], `${pointer}/link`, channel, capabilities),
    ...locationProblems(config['location'], `${pointer}/location`, channel, capabilities),
  ];
}

/** The limit of a text depends on what stands beside it. */
function textLimit(config: JsonObject, { text, textWithOptions, caption, link }: ChannelCapabilities): TextLimit {
  if (config['options'] !== undefined) return textWithOptions;
  if (config['link'] !== undefined) return { max: Math.min(link.text, text.max), unit: text.unit };
  const media = isObject(config['media']) ? config['media']['type'] : undefined;
  // Where there is no caption, the words follow the media as a message of their own.
  const captioned = media !== undefined && media !== 'audio' && media !== 'sticker' && caption > 0;
  return captioned ? { max: caption, unit: text.unit } : text;
}

/** The texts that a question falls back to when an answer is no good. */
function spokenLater(config: JsonObject, pointer: string): Array<[Json | undefined, string]> {
  const checks = Array.isArray(config['checks']) ? config['checks'] : [];
  return [
    [isObject(config['reprompt']) ? config['reprompt']['text'] : undefined, `${pointer}/reprompt/text`],
    ...checks.map((check, index): [Json | undefined, string] => [
      isObject(check) ? check['text'] : undefined,
      `${pointer}/checks/${index}/text`,
    ]),
  ];
}

/** Literal text must fit. Computed text is split, so only what its literal parts make too long for all parts is a fault. */
function textProblems(text: Json | undefined, path: string, limit: TextLimit, plain: TextLimit, channel: string): Problem[] {
  if (typeof text !== 'string') return [];
  const { size, computed } = literalSize(text, limit.unit);
  const max = computed ? plain.max * MOST_PARTS : limit.max;
  if (size <= max) return [];
  return [
    tooLong(
      path,
      `The text has ${size} ${unitName(limit)}; ${channel} takes ${max}${computed ? ` in ${MOST_PARTS} messages` : ' here'}.`,
    ),
  ];
}

function mediaProblems(media: Json | undefined, path: string, channel: string, capabilities: ChannelCapabilities): Problem[] {
  if (!isObject(media)) return [];
  const { type } = media;
  if (typeof type !== 'string' || capabilities.media.some((known) => known === type)) return [];
  const hint = capabilities.media.length === 0 ? 'Send a link instead.' : `It takes ${capabilities.media.join(', ')}.`;
  return [
    {
      path: `${path}/type`,
      code: 'channel.media',
      severity: 'error',
      message: `On ${channel} there is no media of type ${type}.`,
      hint,
    },
  ];
}

function linkProblems(link: Json | undefined, path: string, channel: string, capabilities: ChannelCapabilities): Problem[] {
  if (!isObject(link) || typeof link['title'] !== 'string') return [];
  const { title: max } = capabilities.link;
  if (max === 0) return [unsupported(path, `On ${channel} there are no link buttons.`, 'Write the address into the text.')];
  const { size } = literalSize(link['title'], 'chars');
  // A title is never split, so its literal parts must fit even where the rest is computed.
  return size <= max
    ? []
    : [tooLong(pointerOf(path, ['title']), `The link's title has ${size} characters; ${channel} takes ${max}.`)];
}

function locationProblems(
  location: Json | undefined,
  path: string,
  channel: string,
  capabilities: ChannelCapabilities,
): Problem[] {
  if (location === undefined || capabilities.location) return [];
  return [unsupported(path, `On ${channel} a place cannot be sent.`, 'Write the address, or send a link to a map.')];
}

function unsupported(path: string, message: string, hint: string): Problem {
  return { path, code: 'channel.unsupported', severity: 'error', message, hint };
}

function tooLong(path: string, message: string): Problem {
  return {
    path,
    code: 'channel.text_length',
    severity: 'error',
    message,
    hint: 'Shorten it, or split it into several messages.',
  };
}

const unitName = ({ unit }: TextLimit): string => (unit === 'bytes' ? 'bytes' : 'characters');
