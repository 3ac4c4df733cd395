import { describe, expect, it } from '@jest/globals';
import type { Json } from '../json.js';
import { TENANT } from './__fixtures__/channels.js';
import { goodDocument } from './__fixtures__/good-documents.js';
import { nodeTypes } from './__fixtures__/node-types.js';
import { findingsOf, rowOf, type Seeded, shown } from './__fixtures__/seeded.js';
import { compile } from './compile.js';

const options = (count: number, title = 'Option', description?: string): Json =>
  Array.from({ length: count }, (_, index) => ({
    id: `o${index}`,
    title: `${title} ${index}`,
    ...(description === undefined ? {} : { description }),
  }));

const GREET = '/nodes/greet/with/text';
const CHOICES = '/nodes/ask_size/with/options';
const TOPICS = '/nodes/menu/with/options';
const TELL = '/nodes/tell/with';

const TEXTS: Seeded[] = [
  ['a text longer than whatsapp takes', 'hello', GREET, 'x'.repeat(4097), 'channel.text_length'],
  ['a text of fewer letters than bytes', 'two-channels', '/nodes/thanks/with/text', 'é'.repeat(501), 'channel.text_length'],
  [
    'a text longer than the second channel takes',
    'two-channels',
    '/nodes/thanks/with/text',
    'x'.repeat(1001),
    'channel.text_length',
  ],
  ['a text too long above options', 'two-channels', '/nodes/ask_size/with/text', 'x'.repeat(1025), 'channel.text_length'],
  ['a text too long above a link', 'link-and-place', '/nodes/page/with/text', 'x'.repeat(1025), 'channel.text_length'],
  ['a caption that is too long', 'pictures', '/nodes/picture/with/text', 'x'.repeat(1025), 'channel.text_length'],
  ['a title of a link that is too long', 'link-and-place', '/nodes/page/with/link/title', 'x'.repeat(21), 'channel.text_length'],
  [
    'a reprompt too long above options',
    'two-channels',
    '/nodes/ask_size/with/reprompt',
    { text: 'x'.repeat(1025) },
    'channel.text_length',
    '/nodes/ask_size/with/reprompt/text',
  ],
  [
    'an objection that is too long',
    'endless-form',
    '/nodes/ask_a/with/checks',
    [{ when: 'value > 1.0', text: 'x'.repeat(4097) }],
    'channel.text_length',
    '/nodes/ask_a/with/checks/0/text',
  ],
  ['literal parts too long for any splitting', 'hello', GREET, `{{ contact.name }}${'x'.repeat(20_481)}`, 'channel.text_length'],
];

const OPTIONS: Seeded[] = [
  ['more options than a list takes', 'two-channels', CHOICES, options(11), 'channel.options'],
  ['more options than quick replies take', 'by-channel', '/nodes/quick/with/options', options(14), 'channel.options'],
  ['more options than webchat takes', 'by-channel', '/nodes/on_webchat/with/options', options(21), 'channel.options'],
  ['a title too long for a button and a list', 'two-channels', `${CHOICES}/2/title`, 'x'.repeat(25), 'channel.options'],
  ['a title that fits a list but no quick reply', 'two-channels', `${CHOICES}/2/title`, 'x'.repeat(21), 'channel.options'],
  ['a title too long for a list', 'menu-as-list', `${TOPICS}/4/title`, 'x'.repeat(25), 'channel.options'],
  [
    'literal parts that make a title too long',
    'menu-as-list',
    `${TOPICS}/4/title`,
    `${'x'.repeat(25)}{{ contact.name }}`,
    'channel.options',
  ],
  ['a description that is too long', 'menu-as-list', `${TOPICS}/9/description`, 'x'.repeat(73), 'channel.options'],
  ['a description where the channel has none', 'two-channels', `${CHOICES}/0/description`, 'small', 'channel.options'],
  [
    'a computed description where the channel has none',
    'two-channels',
    `${CHOICES}/0/description`,
    '{{ contact.name }}',
    'channel.options',
  ],
  ['two options with the same id', 'menu-as-list', `${TOPICS}/3/id`, 't0', 'channel.options'],
  ['two options with the same title', 'menu-as-list', `${TOPICS}/3/title`, 'Topic number 0', 'channel.options'],
  ['an id with capitals', 'menu-as-list', `${TOPICS}/3/id`, 'Third', 'channel.options'],
  ['a label of a list that is too long', 'menu-as-list', '/nodes/menu/with/listLabel', 'x'.repeat(21), 'channel.options'],
  ['options without a text', 'menu-as-list', '/nodes/menu/with/text', undefined, 'channel.options', TOPICS],
  ['buttons of a template with the same id', 'ask-by-template', '/nodes/remind/with/options/1/id', 'yes', 'channel.options'],
];

const CARRIED: Seeded[] = [
  [
    'a sticker where the channel has none',
    'webchat-has-no-window',
    `${TELL}/media`,
    { type: 'sticker', url: 'https://a.example/a' },
    'channel.media',
    `${TELL}/media/type`,
  ],
  [
    'a place where the channel has none',
    'two-channels',
    '/nodes/thanks/with/location',
    { latitude: 1, longitude: 1 },
    'channel.unsupported',
  ],
  ['a public answer to what is no comment', 'hello', '/nodes/greet/with/public', true, 'channel.unsupported'],
  ['a channel that this engine does not have', 'hello', '/triggers/0/channels/0', 'watsapp', 'channel.unsupported'],
  [
    'a template on a channel without templates',
    'follow-up-by-template',
    '/triggers/0/channels',
    ['whatsapp', 'webchat'],
    'channel.unsupported',
    '/nodes/follow_up/with',
  ],
  [
    'a template that a case on the channel lets through',
    'keep-away',
    '/nodes/which/cases/0/when',
    "conversation.channel != 'webchat'",
    'channel.unsupported',
    '/nodes/template/with',
  ],
  [
    'a prompting template on such a channel',
    'ask-by-template',
    '/triggers/0',
    { id: 'dm', type: 'channel.message', channels: ['instagram'] },
    'channel.unsupported',
    '/nodes/remind/with/template',
  ],
];

const TEMPLATES: Seeded[] = [
  ['a template that is not there', 'order-ready', `${TELL}/name`, 'order_redy', 'channel.template'],
  ['a language that is not approved', 'order-ready', `${TELL}/language`, 'de', 'channel.template'],
  ['another category', 'order-ready', `${TELL}/category`, 'marketing', 'channel.template'],
  ['a missing parameter', 'order-ready', `${TELL}/params/order`, undefined, 'channel.template', `${TELL}/params`],
  ['no parameters at all', 'order-ready', `${TELL}/params`, undefined, 'channel.template'],
  ['a parameter that is not there', 'order-ready', `${TELL}/params/oder`, 'x', 'channel.template'],
  [
    'a missing parameter in every language',
    'ask-by-template',
    '/nodes/remind/with/template/params/order',
    undefined,
    'channel.template',
    '/nodes/remind/with/template/params',
  ],
];

describe.each([
  ['texts', TEXTS],
  ['options', OPTIONS],
  ['what is carried', CARRIED],
  ['templates', TEMPLATES],
])('family channel: %s', (_part, defects) => {
  it.each(defects.map(rowOf))('finds $what', (row) => {
    expect(findingsOf(row).map(shown)).toContain(`${row.code} ${row.path}`);
  });

  it.each(defects.map(rowOf))('says what to do about $what', (row) => {
    const found = findingsOf(row).find((problem) => shown(problem) === `${row.code} ${row.path}`);
    expect(found?.message).toMatch(/^.{10,}\.$/s);
    expect(found?.hint).toMatch(/^.{5,}[.?]$/s);
  });
});

describe('a channel', () => {
  it('is named by the problem, with its limit', () => {
    const row = rowOf(['', 'two-channels', '/nodes/thanks/with/text', 'x'.repeat(4097), 'channel.text_length']);
    expect(findingsOf(row).map(({ message }) => message)).toEqual([
      'The text has 4097 characters; whatsapp takes 4096 here.',
      'The text has 4097 bytes; instagram takes 1000 here.',
    ]);
  });

  it('is not looked at where its capabilities are not known', () => {
    const document = goodDocument('hello');
    document['triggers'] = [{ id: 'wa', type: 'channel.message', channels: ['carrier_pigeon'] }];
    expect(compile(document, { nodeTypes })).toMatchObject({ ok: true, unchecked: ['channels'] });
  });

  it('of a caller is any that the tenant is connected to', () => {
    const document = goodDocument('call-with-window');
    const codes = (channels: string[]): string[] => {
      const connections = channels.map((channel) => ({ name: channel, channel }));
      document['nodes'] = {
        say: { type: 'message.send', with: { text: 'x'.repeat(2000) }, next: 'end_done' },
        end_done: { type: 'end' },
      };
      return compile(document, { nodeTypes, context: { ...TENANT, connections } }).problems.map(shown);
    };
    expect(codes(['whatsapp', 'webchat'])).toEqual([]);
    expect(codes(['whatsapp', 'instagram'])).toEqual(['channel.text_length /nodes/say/with/text']);
  });
});
