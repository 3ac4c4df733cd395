import type { JsonObject, TemplateMessage } from '@workflows/core';
import { refuse } from './refusal.js';
import { mediaHeader } from './render-media.js';

/** A message from an approved template: the only kind that may open a conversation. */
export function templateOf(message: TemplateMessage): JsonObject {
  const components = [...headerOf(message), ...bodyOf(message), ...buttonsOf(message)];
  return {
    type: 'template',
    template: {
      name: message.name,
      language: { code: message.language },
      ...(components.length === 0 ? {} : { components }),
    },
  };
}

function headerOf({ header }: TemplateMessage): JsonObject[] {
  if (header?.location) return [{ type: 'header', parameters: [{ type: 'location', location: { ...header.location } }] }];
  return header?.media ? [{ type: 'header', parameters: [mediaHeader('header.media', header.media)] }] : [];
}

/** Parameters are named, or all of them are positions from '1' on: a template is one or the other. */
function bodyOf({ params }: TemplateMessage): JsonObject[] {
  const names = Object.keys(params);
  if (names.length === 0) return [];
  for (const [name, text] of Object.entries(params)) {
    if (text === '') throw refuse(`params.${name}`, 'is empty', 'give every parameter a text, for example "-"');
  }
  const positional = names.filter((name) => /^\d+$/.test(name));
  if (positional.length === 0) {
    return [
      { type: 'body', parameters: names.map((name) => ({ type: 'text', parameter_name: name, text: params[name] ?? '' })) },
    ];
  }
  const texts = names.map((_, index) => params[String(index + 1)]);
  const complete = texts.filter((text) => text !== undefined);
  if (complete.length < names.length)
    throw refuse('params', `must be all names, or the positions 1 to ${names.length}`, 'rename the parameters');
  return [{ type: 'body', parameters: complete.map((text) => ({ type: 'text', text })) }];
}

/** By position; a button without a value of its own is left out. */
function buttonsOf({ buttons = [] }: TemplateMessage): JsonObject[] {
  return buttons.flatMap((button, position) => {
    const component = (subType: string, parameter: JsonObject) => [
      { type: 'button', sub_type: subType, index: String(position), parameters: [parameter] },
    ];
    if (button.payload !== undefined) return component('quick_reply', { type: 'payload', payload: button.payload });
    if (button.urlSuffix !== undefined) return component('url', { type: 'text', text: button.urlSuffix });
    if (button.code !== undefined) return component('copy_code', { type: 'coupon_code', coupon_code: button.code });
    return [];
  });
}
