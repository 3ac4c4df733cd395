import type { JsonObject } from '@workflows/core';
import { ask, send, spoken, type Workflow } from '../support/spoken.js';

const FILES = 'https://files.example';

/** Asks, and says what came of it. */
const question = (id: string, content: JsonObject, more: JsonObject = {}) =>
  spoken(id, {
    ask: ask({ text: `Tell me your ${id}`, ...content }, more),
    tell: send({ text: `${id} {{ toJson(steps.ask.value) }} after {{ string(steps.ask.attempts) }}` }),
  });

const any = { expect: { kind: 'any' } };
const silent = { on: { timeout: 'done' } };
/** Busy for a moment before it asks, so that a message can come before its prompt. */
const slow = (shop: string, id: string, early: string) =>
  spoken(id, {
    look: { type: 'http.request', with: { method: 'GET', url: `${shop}/${id}` } },
    ask: ask({ text: 'Colour?', expect: { kind: 'text' }, early }),
    tell: send({ text: `${id}: {{ steps.ask.value }}` }),
  });

/** Questions of every kind, each started by its id; `shop` is the address of a service that takes its time. */
export const questions = (shop: string): Workflow[] => [
  question('day', { expect: { kind: 'date', min: '2026-12-01', max: '2026-12-31' } }),
  question('phone', { expect: { kind: 'phone', region: 'BR' } }),
  question('plate', { expect: { kind: 'text', minLength: 3, maxLength: 8, pattern: '^[A-Z]{3}[0-9]+$' } }),
  question('file', {
    expect: { kind: 'media', types: ['image', 'video', 'document', 'sticker'], maxBytes: 1_000_000 },
    reprompt: { text: 'A file, no {{ "sound" }}', max: 1 },
  }),
  question('voice', { expect: { kind: 'media', types: ['audio'] } }),
  question('place', { expect: { kind: 'location' } }),
  question('words', { ...any, debounce: 'PT1S' }, silent),
  slow(shop, 'patient', 'ignore'),
  slow(shop, 'eager', 'take'),
  spoken('lost', {
    ask: ask(
      { text: 'A number?', expect: { kind: 'number', integer: true, min: 1, max: 5 }, reprompt: { max: 1 } },
      {
        on: { timeout: 'late', exhausted: 'wrong' },
        next: 'done',
      },
    ),
    late: { ...send({ text: 'You are late' }), next: 'done' },
    wrong: { ...send({ text: 'We call you: {{ steps.ask.text }}, {{ string(steps.ask.attempts) }}' }), next: 'done' },
  }),
  spoken('prompts', {
    picture: ask({ text: 'Is it you?', media: { type: 'image', url: `${FILES}/a.jpg` }, ...any }, silent),
    page: ask({ text: 'Read it first', link: { title: 'Terms', url: `${FILES}/terms` }, ...any }, silent),
    here: ask({ text: 'Shall we meet here?', location: { latitude: 1, longitude: 2 }, ...any, onUnknown: 'hold' }, silent),
    like: ask(
      { text: 'Nice. More?', reaction: { emoji: '👍', messageId: '{{ event.messages[0].id }}' }, ...any, onUnknown: 'resend' },
      silent,
    ),
    quote: ask({ text: 'What do you mean by this?', replyTo: '{{ event.messages[0].id }}', ...any }, silent),
    list: ask({
      text: 'Which one?',
      listLabel: 'All of them',
      options: ['a', 'b', 'c', 'd'].map((id) => ({ id, title: `Number ${id}` })),
      expect: { kind: 'option' },
    }),
    tell: send({ text: 'It is {{ steps.list.value }}' }),
  }),
  spoken('approved', {
    visit: ask({
      template: {
        name: 'visit',
        language: 'en',
        category: 'utility',
        params: { '1': '{{ contact.firstName }}' },
        header: { media: { type: 'document', url: `${FILES}/a.pdf`, filename: 'Plan.pdf' } },
      },
      options: [
        { id: 'come', title: 'Yes' },
        { id: 'stay', title: 'No' },
      ],
      expect: { kind: 'option' },
    }),
    sale: ask(
      {
        template: {
          name: 'sale',
          language: 'en',
          category: 'marketing',
          header: { location: { latitude: 1, longitude: 2, name: 'Shop', address: 'Street 1' } },
          buttons: [{ urlSuffix: 'ref={{ steps.visit.value }}' }, { code: 'SALE10' }, { payload: 'more' }],
        },
        ...any,
      },
      silent,
    ),
    code: ask({ template: { name: 'code', language: 'en', category: 'authentication' }, ...any }, silent),
    tell: send({ text: '{{ steps.visit.value }}, {{ steps.sale.value }}, {{ steps.code.value }}' }),
  }),
  spoken('receipt', {
    first: { ...send({ text: 'Are you there?', await: 'delivered' }), timeout: 'PT1H', on: { timeout: 'second' }, next: 'done' },
    second: {
      type: 'message.template',
      with: { name: 'code', language: 'en', category: 'utility', await: 'delivered' },
      timeout: 'PT1H',
      on: { timeout: 'tell' },
      next: 'done',
    },
    tell: send({ text: 'Neither came', await: 'queued' }),
  }),
  spoken('held', { tell: send({ text: 'Once at most', onUnknown: 'hold', await: 'accepted' }) }),
  spoken('resent', { tell: send({ text: 'Once at least', onUnknown: 'resend', await: 'accepted' }) }),
];
