import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually } from '../support/deployment.js';
import { Service } from '../support/service.js';
import { questions } from './question-workflows.js';

const HOUR = 3_600_000;
const shop = new Service();

describe('a question', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    await shop.start();
    for (const path of ['/patient', '/eager']) shop.at[path] = { afterMs: 800 };
    deployment = await Deployment.create({ environment: { EGRESS_ALLOW_PRIVATE: shop.host } });
    await deployment.start();
    const template = { language: 'en', body: 'See you {{1}}', quickReplies: ['Yes', 'No'] };
    await deployment.emulator.registerTemplate({ name: 'visit', category: 'utility', ...template });
    await deployment.emulator.registerTemplate({
      name: 'sale',
      category: 'marketing',
      language: 'en',
      body: 'Sale',
      quickReplies: ['a', 'b', 'More'],
    });
    await deployment.emulator.registerTemplate({ name: 'code', category: 'authentication', language: 'en', body: 'Code?' });
    await deployment.tenant(questions(shop.url));
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
    await shop.stop();
  }, 30_000);

  let people = 5511800000000;
  type Said = Parameters<typeof deployment.emulator.say>[1];

  /** Says one thing after the other, each when the one before is answered; gives the customer and all that it was told. */
  async function talk(...said: Array<Said | string>): Promise<{ waId: string; texts: string[] }> {
    const waId = String((people += 1));
    let answered = 0;
    for (const each of said) {
      await deployment.emulator.say(waId, typeof each === 'string' ? { text: each } : each);
      answered = (await deployment.sentTo(waId, answered + 1)).length;
    }
    return { waId, texts: await textsTo(waId, answered) };
  }
  const textsTo = async (waId: string, count: number) => (await deployment.sentTo(waId, count)).map(({ text }) => text);

  it.each<[string, string, Array<Said | string>]>([
    ['day "2026-12-24" after 2', 'a day between two others', ['day', '24 November', '12/24/2026']],
    ['phone "+5511987654321" after 2', 'a phone number of its region', ['phone', '123', '(11) 98765-4321']],
    ['plate "ABC1234" after 3', 'a text of a pattern', ['plate', 'AB', 'abc1234', 'ABC1234']],
    ['voice', 'a sound', ['voice', 'no', { media: { type: 'audio' } }]],
    [
      'place {"latitude":1.5,"longitude":2',
      'a place',
      ['place', 'at home', { location: { latitude: 1.5, longitude: 2, name: 'Home' } }],
    ],
  ])(
    '%s: takes %s, and nothing else',
    async (answer, _what, said) => {
      const { texts } = await talk(...said);
      expect(texts.at(-1)).toContain(answer);
      expect(texts).toHaveLength(said.length);
    },
    60_000,
  );

  it('asks again in its own words, with what is computed in them', async () => {
    const { texts } = await talk('file', { media: { type: 'audio' } }, { media: { type: 'document', filename: 'cv.pdf' } });
    expect(texts.slice(1)).toEqual(['A file, no sound', expect.stringContaining('"filename":"cv.pdf"')]);
  }, 60_000);

  it('is left by exhausted after as many bad answers as it takes, and by timeout when none comes', async () => {
    expect((await talk('lost', '9', '2.5')).texts.at(-1)).toBe('We call you: 2.5, 2');
    const { waId } = await talk('lost');
    await deployment.advance(HOUR + 1000);
    expect((await textsTo(waId, 2)).at(-1)).toBe('You are late');
  }, 60_000);

  it('takes a burst as one answer', async () => {
    const { waId } = await talk('words');
    await deployment.emulator.say(waId, { text: 'one' });
    await deployment.emulator.say(waId, { media: { type: 'image', caption: 'two' } });
    expect((await textsTo(waId, 2)).at(-1)).toBe('words "one\ntwo" after 1'.replace('\n', '\\n'));
  }, 60_000);

  it('takes what came before it only if it is said to', async () => {
    const start = async (word: string) => {
      const waId = String((people += 1));
      await deployment.emulator.say(waId, { text: word });
      await eventually(
        async () => shop.requests,
        (requests) => requests.some(({ path }) => path === `/${word}`),
      );
      await deployment.emulator.say(waId, { text: 'red' });
      return waId;
    };
    const [patient, eager] = [await start('patient'), await start('eager')];
    expect(await textsTo(eager, 2)).toEqual(['Colour?', 'eager: red']);
    expect(await textsTo(patient, 1)).toEqual(['Colour?']);
    await deployment.emulator.say(patient, { text: 'blue' });
    expect((await textsTo(patient, 2)).at(-1)).toBe('patient: blue');
  }, 60_000);

  it('can show whatever a message can', async () => {
    const { waId, texts } = await talk('prompts', 'yes', 'ok');
    // The place follows as a message of its own.
    expect(texts.slice(0, 3)).toEqual(['Is it you?', 'Read it first', 'Shall we meet here?']);
    await deployment.sentTo(waId, 4);
    await deployment.emulator.say(waId, { text: 'fine' });
    await deployment.sentTo(waId, 6);
    await deployment.emulator.say(waId, { text: 'more' });
    await deployment.sentTo(waId, 7);
    await deployment.emulator.say(waId, { text: 'that' });
    await deployment.sentTo(waId, 8);
    await deployment.emulator.say(waId, { tap: { option: 'c' } });
    const bodies = (await deployment.sentTo(waId, 9)).map(({ body }) => body as JsonObject);
    expect(bodies).toMatchObject([
      { type: 'image', image: { caption: 'Is it you?' } },
      { interactive: { type: 'cta_url' } },
      { text: { body: 'Shall we meet here?' } },
      { type: 'location' },
      { text: { body: 'Nice. More?' } },
      { type: 'reaction', reaction: { emoji: '👍' } },
      { context: { message_id: expect.any(String) } },
      { interactive: { type: 'list', action: { button: 'All of them' } } },
      { text: { body: 'It is c' } },
    ]);
  }, 60_000);

  it('can be an approved template, whose quick replies are its options', async () => {
    const { texts, waId } = await talk(
      { text: 'approved', name: 'Ana' },
      { tap: { option: 'stay' } },
      { tap: { option: 'more' } },
      '123',
    );
    expect(texts).toEqual(['See you Ana', 'Sale', 'Code?', 'stay, More, 123']);
    const [visit, sale] = (await deployment.sentTo(waId, 2)).map(({ body }) => body as JsonObject);
    expect(visit).toMatchObject({
      template: {
        components: [{ type: 'header', parameters: [{ type: 'document' }] }, { type: 'body' }, { index: '0' }, { index: '1' }],
      },
    });
    expect(sale).toMatchObject({
      template: {
        components: [
          { type: 'header', parameters: [{ type: 'location' }] },
          { sub_type: 'url', parameters: [{ text: 'ref=stay' }] },
          { sub_type: 'copy_code', parameters: [{ coupon_code: 'SALE10' }] },
          { sub_type: 'quick_reply', index: '2' },
        ],
      },
    });
  }, 60_000);

  describe('and a message whose fate is not known', () => {
    afterEach(() => deployment.emulator.clearFaults());

    it('leave by timeout while no receipt comes', async () => {
      await deployment.emulator.addFault({ kind: 'statuses_off' });
      const { waId } = await talk('receipt');
      await deployment.advance(HOUR + 1000);
      expect(await textsTo(waId, 2)).toEqual(['Are you there?', 'Code?']);
      await deployment.advance(HOUR + 1000);
      expect((await textsTo(waId, 3)).at(-1)).toBe('Neither came');
    }, 60_000);

    it('are sent again, or held for a person', async () => {
      await deployment.emulator.addFault({ kind: 'drop_before_accept', count: 2 });
      const [held, resent] = [String((people += 1)), String((people += 1))];
      await deployment.emulator.say(held, { text: 'held' });
      await deployment.emulator.say(resent, { text: 'resent' });
      await eventually(
        () => deployment.database.admin.query("select from workflows.effects where state = 'unknown'"),
        ({ rowCount }) => rowCount === 2,
      );
      await deployment.advance(60_000);
      expect(await textsTo(resent, 1)).toEqual(['Once at least']);
      expect(await deployment.emulator.messages({ waId: held })).toEqual([]);
    }, 60_000);
  });
});
