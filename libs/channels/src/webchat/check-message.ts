import { type ContentMessage, type OutboundMessage, terminal, type WorkflowError } from '@workflows/core';
import { WEBCHAT_CAPABILITIES as limits } from './capabilities.js';

const [buttons = { max: 0, title: 0 }] = limits.options;

/** The message, if the page can show it. @throws WorkflowError `channel.invalid` or `channel.unsupported` */
export function checked(message: OutboundMessage): ContentMessage {
  if (message.type === 'template') throw refuse('template', 'is unknown there', 'send a message instead', 'channel.unsupported');
  const { text = '', media, options = [], link, location, reaction, public: isPublic } = message;
  if (isPublic === true) throw refuse('public', 'needs a comment', 'leave it out', 'channel.unsupported');
  if (media?.type === 'sticker') throw refuse('media', 'cannot be a sticker', 'send an image', 'channel.unsupported');
  if (text.length > limits.text.max) throw refuse('text', `is longer than ${limits.text.max} characters`, 'split it');
  if (options.length > buttons.max) throw refuse('options', `has more than ${buttons.max} of them`, 'offer fewer');
  if ([...options, ...(link === undefined ? [] : [link])].some(({ title }) => title.length > buttons.title))
    throw refuse('title', `is longer than ${buttons.title} characters`, 'shorten it');
  if (text === '' && [media, link, location, reaction].every((part) => part === undefined))
    throw refuse('text', 'is empty', 'write a text, or leave the message out');
  return message;
}

function refuse(field: string, reason: string, remedy: string, code = 'channel.invalid'): WorkflowError {
  return terminal(code, `The field "${field}" of a web chat's message ${reason}. Remedy: ${remedy}.`, { field });
}
