import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WorkflowError } from '../failure.js';
import { SMALL } from './__fixtures__/capabilities.js';
import type { ChannelCapabilities } from './capabilities.js';
import { fold, foldedWords } from './fold.js';
import { matchOption } from './options.js';
import { fits, splitText } from './split-text.js';
import { type MessageContent, toMessages } from './to-messages.js';

const options = (count: number, title = 'Option') =>
  Array.from({ length: count }, (_, index) => ({ id: `o${index}`, title: `${title} ${index}` }));

function refusal(content: MessageContent, capabilities: ChannelCapabilities = SMALL): string {
  try {
    toMessages(content, capabilities);
  } catch (error) {
    if (error instanceof WorkflowError) return error.failure.code;
    throw error;
  }
  return 'none';
}

const texts = (content: MessageContent, capabilities = SMALL) => toMessages(content, capabilities).map(({ text }) => text);

describe('a text over the limit', () => {
  it('is cut at paragraphs', () => {
    expect(texts({ text: 'First paragraph of two.\n\nSecond paragraph of two.' })).toEqual([
      'First paragraph of two.',
      'Second paragraph of two.',
    ]);
  });

  it('is cut at sentences where a paragraph is too long', () => {
    expect(texts({ text: 'One sentence that is here. Another one that follows it.' })).toEqual([
      'One sentence that is here.',
      'Another one that follows it.',
    ]);
  });

  it('is cut at words where a sentence is too long', () => {
    expect(texts({ text: 'a sentence without any stop that goes on and on' })).toEqual([
      'a sentence without any stop that goes on',
      'and on',
    ]);
  });

  it('is refused when five messages are not enough, or a word is longer than a message', () => {
    expect(refusal({ text: 'five words in a row. '.repeat(20) })).toBe('channel.invalid');
    expect(refusal({ text: 'x'.repeat(41) })).toBe('channel.invalid');
  });

  it('is counted in bytes where the channel counts bytes', () => {
    const bytes: ChannelCapabilities = { ...SMALL, text: { max: 10, unit: 'bytes' } };
    expect(texts({ text: 'ééééé' }, bytes)).toEqual(['ééééé']);
    expect(texts({ text: 'ééé éééé' }, bytes)).toEqual(['ééé', 'éééé']);
  });

  it('loses nothing but white space, whatever it is', () => {
    const word = fc.stringMatching(/^[a-zé.!?]{1,12}$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, fc.constantFrom(' ', '. ', '\n', '\n\n')), { minLength: 1, maxLength: 60 }),
        (pieces) => {
          const text = pieces.flat().join('').trim();
          const parts = splitText(text, { max: 40, unit: 'chars' }, { max: 20, unit: 'chars' });
          expect(parts?.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
          expect(parts?.slice(0, -1).every((part) => fits(part, { max: 40, unit: 'chars' }))).toBe(true);
          expect(fits(parts?.at(-1) ?? '', { max: 20, unit: 'chars' })).toBe(true);
        },
      ),
    );
  });
});

describe('what is attached', () => {
  it('keeps options with the last part, whose limit is smaller', () => {
    const messages = toMessages({ text: 'A first sentence. Then one more. What now?', options: options(2) }, SMALL);
    expect(messages.at(-1)).toEqual({ type: 'content', text: 'What now?', options: options(2) });
    expect(messages.slice(0, -1).every((message) => message.options === undefined)).toBe(true);
  });

  it('sends media first when its caption is too long, and quotes only once', () => {
    const media = { type: 'image', url: 'https://example.com/a.png' } as const;
    expect(toMessages({ text: 'Short', media }, SMALL)).toEqual([{ type: 'content', text: 'Short', media }]);
    expect(toMessages({ text: 'Longer than the caption', media, replyTo: 'm1' }, SMALL)).toEqual([
      { type: 'content', media, replyTo: 'm1' },
      { type: 'content', text: 'Longer than the caption' },
    ]);
  });

  it('never gives a caption to a sound', () => {
    const media = { type: 'audio', mediaId: 'a1' } as const;
    expect(toMessages({ text: 'Listen', media }, SMALL)).toEqual([
      { type: 'content', media },
      { type: 'content', text: 'Listen' },
    ]);
  });

  it('sends a place behind its text', () => {
    const location = { latitude: 1, longitude: 2 };
    expect(toMessages({ text: 'Here', location }, SMALL)).toEqual([
      { type: 'content', text: 'Here' },
      { type: 'content', location },
    ]);
  });

  it.each<[string, MessageContent, string]>([
    ['nothing at all', { text: '  ' }, 'channel.invalid'],
    ['too many options', { text: 'Q', options: options(6) }, 'channel.invalid'],
    ['titles that no form can carry', { text: 'Q', options: options(2, 'A very long title') }, 'channel.invalid'],
    [
      'options with one id',
      {
        text: 'Q',
        options: [
          { id: 'a', title: 'A' },
          { id: 'a', title: 'B' },
        ],
      },
      'channel.invalid',
    ],
    [
      'options with one title',
      {
        text: 'Q',
        options: [
          { id: 'a', title: 'A' },
          { id: 'b', title: 'A' },
        ],
      },
      'channel.invalid',
    ],
    ['an option id out of its alphabet', { text: 'Q', options: [{ id: 'A b', title: 'A' }] }, 'channel.invalid'],
    ['an option without a title', { text: 'Q', options: [{ id: 'a', title: ' ' }] }, 'channel.invalid'],
    ['options without a text', { options: options(2) }, 'channel.invalid'],
    ['a long label of the list', { text: 'Q', options: options(2), listLabel: 'Choose one' }, 'channel.invalid'],
    [
      'a long title of a link',
      { text: 'Q', link: { title: 'A very long title', url: 'https://example.com' } },
      'channel.invalid',
    ],
    ['media that the channel lacks', { media: { type: 'sticker', mediaId: 's' } }, 'channel.unsupported'],
  ])('refuses %s', (_what, content, code) => {
    expect(refusal(content)).toBe(code);
  });

  it('refuses a place where the channel has none', () => {
    expect(refusal({ location: { latitude: 1, longitude: 2 } }, { ...SMALL, location: false })).toBe('channel.unsupported');
  });

  it('uses the list when buttons cannot carry the options', () => {
    expect(refusal({ text: 'Q', options: options(5) })).toBe('none');
    expect(refusal({ text: 'Q', options: [{ id: 'a', title: 'A', description: 'more' }] })).toBe('none');
  });
});

describe('comparing what people write', () => {
  it('forgets case, accents and spaces', () => {
    expect(fold('  OrÇamento \n grátis ')).toBe('orcamento gratis');
    expect(foldedWords('Olá, mundo!')).toEqual(['ola', 'mundo']);
  });

  it('finds an option by tap, by title, then by number', () => {
    const choices = [
      { id: 'a', title: 'Sim' },
      { id: 'b', title: 'Não' },
      { id: 'c', title: '1' },
    ];
    expect(matchOption(choices, { text: 'x', option: { id: 'b', title: 'Não' } })?.id).toBe('b');
    expect(matchOption(choices, { text: 'NAO' })?.id).toBe('b');
    expect(matchOption(choices, { text: '1' })?.id).toBe('c');
    expect(matchOption(choices, { text: '2.' })?.id).toBe('b');
    expect(matchOption(choices, { text: '0' })).toBeUndefined();
    expect(matchOption(choices, { text: '4' })).toBeUndefined();
    expect(matchOption(choices, { text: 'maybe' })).toBeUndefined();
  });
});
