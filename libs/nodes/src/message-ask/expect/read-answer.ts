import { assertNever, type InboundMessage, joinTexts, type Json, matchOption, type MessageOption } from '@workflows/core';
import type { Expect } from './expect.config.js';
import { readDate } from './date.js';
import { readEmail } from './email.js';
import { readLocation } from './location.js';
import { readMedia } from './media.js';
import { readNumber } from './number.js';
import { readPhone } from './phone.js';
import { readText } from './text.js';

/** What an answer is read against. */
export interface Reading {
  expect: Expect;
  options: readonly MessageOption[];
  /** Locale by whose habits numbers and dates are read, such as pt-BR. */
  locale: string;
}

/** The value of an answer, or undefined when it is not what was expected. A burst is read as one answer. */
export function readAnswer({ expect, options, locale }: Reading, messages: readonly InboundMessage[]): Json | undefined {
  const text = joinTexts(messages);
  switch (expect.kind) {
    case 'text':
      return messages.some(({ kind }) => kind === 'text' || kind === 'option') ? readText(text, expect) : undefined;
    case 'number':
      return readNumber(text, expect, locale);
    case 'email':
      return readEmail(text);
    case 'phone':
      return readPhone(text, expect, locale);
    case 'date':
      return readDate(text, expect, locale);
    case 'option':
      return readOption(options, messages);
    case 'media':
      return readMedia(messages, expect);
    case 'location':
      return readLocation(messages);
    case 'any':
      return text;
    default:
      return assertNever(expect);
  }
}

/** In a burst the last choice counts: people correct themselves. */
function readOption(options: readonly MessageOption[], messages: readonly InboundMessage[]): string | undefined {
  return messages.map((message) => matchOption(options, message)).findLast((option) => option !== undefined)?.id;
}
