import type { ContentMessage, JsonObject, MessageOption } from '@workflows/core';
import { WHATSAPP_CAPABILITIES as limits } from './capabilities.js';
import { refuse } from './refusal.js';
import { mediaHeader } from './render-media.js';

/** Longest id of a reply button and of a list row, in characters. */
const LONGEST_ID = { buttons: 256, list: 200 };

/** Meta demands a label on the button that opens a list; a sign needs no language. */
const DEFAULT_LIST_LABEL = '\u2630';

/** A message with something to tap: reply buttons, a list, or a button that opens a link. */
export function interactiveOf(message: ContentMessage): JsonObject {
  const { options, link } = message;
  if (options && link) throw refuse('link', 'cannot go together with options', 'send the link as a message of its own');
  const text = message.text ?? '';
  if (text === '') throw refuse('text', 'is empty', 'a message with options or a link needs a text above them');
  if (link) {
    requireLength('text', text, limits.link.text);
    requireLength('link.title', link.title, limits.link.title);
    return interactive('cta_url', message, { name: 'cta_url', parameters: { display_text: link.title, url: link.url } });
  }
  requireLength('text', text, limits.textWithOptions.max);
  return optionsOf(message, options ?? []);
}

/** The first form of the capabilities whose limits hold. */
function optionsOf(message: ContentMessage, options: MessageOption[]): JsonObject {
  if (options.length === 0) throw refuse('options', 'is an empty list', 'offer at least one option, or leave the field out');
  requireUnique('title', options);
  requireUnique('id', options);
  const form = limits.options.find(
    ({ max, title, description }) =>
      options.length <= max &&
      options.every((option) => option.title.length <= title && (option.description ?? '').length <= description),
  )?.form;
  if (form === undefined) {
    throw refuse(
      'options',
      'fit neither 3 buttons (titles of 20 characters) nor a list of 10 (titles of 24, descriptions of 72)',
      'offer fewer or shorter options',
    );
  }
  const longestId = form === 'buttons' ? LONGEST_ID.buttons : LONGEST_ID.list;
  for (const option of options) {
    if (option.id === '' || option.id.length > longestId)
      throw refuse('options.id', `is empty or longer than ${longestId} characters`, 'shorten it');
    if (option.title === '') throw refuse('options.title', 'is empty', 'give every option a title');
  }
  return form === 'buttons' ? interactive('button', message, { buttons: options.map(replyButton) }) : listOf(message, options);
}

function replyButton({ id, title }: MessageOption): JsonObject {
  return { type: 'reply', reply: { id, title } };
}

function listOf(message: ContentMessage, options: MessageOption[]): JsonObject {
  if (message.media)
    throw refuse('media', 'cannot stand above a list', 'send the media as a message of its own, or offer at most 3 options');
  const label = message.listLabel ?? DEFAULT_LIST_LABEL;
  requireLength('listLabel', label, limits.listLabel);
  const rows = options.map(({ id, title, description }) => ({
    id,
    title,
    ...(description === undefined || description === '' ? {} : { description }),
  }));
  return interactive('list', message, { button: label, sections: [{ rows }] });
}

function interactive(type: string, message: ContentMessage, action: JsonObject): JsonObject {
  const header: JsonObject = message.media === undefined ? {} : { header: mediaHeader('media', message.media) };
  return { type: 'interactive', interactive: { type, ...header, body: { text: message.text ?? '' }, action } };
}

function requireLength(field: string, text: string, max: number): void {
  if (text === '' || text.length > max) throw refuse(field, `is empty or longer than ${max} characters`, 'shorten it');
}

function requireUnique(field: 'id' | 'title', options: MessageOption[]): void {
  if (new Set(options.map((option) => option[field])).size < options.length) {
    throw refuse(`options.${field}`, 'occurs twice', 'make every option different');
  }
}
