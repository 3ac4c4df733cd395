import type { Expect } from './expect/expect.config.js';

/** What is said after an invalid answer where the author says nothing. One table for each language; English for now. */
const ENGLISH: Record<Expect['kind'], string> = {
  text: 'Sorry, I cannot use that answer. Could you write it again?',
  number: 'Please answer with a number.',
  email: 'That does not look like an e-mail address. Could you check it?',
  phone: 'That does not look like a phone number. Please send it with its country code.',
  date: 'Please answer with a date, such as 2026-03-31.',
  option: 'Please choose one of the options.',
  media: 'Please send a file of the kind that I asked for.',
  location: 'Please send your location.',
  any: 'Sorry, I cannot use that answer. Could you try again?',
};

export function defaultReprompt(kind: Expect['kind']): string {
  return ENGLISH[kind];
}
