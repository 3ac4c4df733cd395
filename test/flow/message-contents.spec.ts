import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment } from '../support/deployment.js';
import { ask, send, spoken, type Workflow } from '../support/spoken.js';

/** Answers every message of these kinds with what the event tells of it. */
function heard(id: string, kinds: string[], says: string): Workflow {
  const trigger = { type: 'channel.message', channels: ['whatsapp'], kinds, priority: -1 };
  return spoken(
    id,
    { tell: { type: 'message.send', with: { text: says } } },
    { triggers: [{ id: 'other', ...trigger, when: '!event.text.startsWith("say ")' }] },
  );
}

const FILES = 'https://files.example';

const contents = spoken(
  'everything',
  {
    picture: send({ media: { type: 'image', url: `${FILES}/{{ contact.id }}.jpg` }, text: 'You, {{ contact.firstName }}' }),
    film: send({ media: { type: 'video', url: `${FILES}/a.mp4` } }),
    sound: send({ media: { type: 'audio', url: `${FILES}/a.ogg` } }),
    paper: send({ media: { type: 'document', url: `${FILES}/a.pdf`, filename: 'Plan of {{ contact.firstName }}.pdf' } }),
    smile: send({ media: { type: 'sticker', url: `${FILES}/a.webp` } }),
    place: send({
      location: { latitude: -23.5, longitude: '{{ 0.0 - 46.6 }}', name: 'Shop', address: '{{ tenant.name }} Street 1' },
    }),
    other_place: send({ location: { latitude: '{{ 1.5 }}', longitude: 2 } }),
    like: send({ reaction: { emoji: '👍', messageId: '{{ event.messages[0].id }}' } }),
    quote: send({ text: 'I mean this', replyTo: '{{ event.messages[0].id }}' }),
    page: send({ text: 'Read it', link: { title: 'Open', url: `${FILES}/{{ contact.firstName }}` } }),
    menu: send({
      text: 'Choose',
      listLabel: 'All sizes',
      options: ['s', 'm', 'l', 'xl'].map((id) => ({
        id,
        title: `Size {{ "${id}" }}`,
        description: 'For {{ contact.firstName }}',
      })),
    }),
    last: send({ text: 'Or', options: '{{ vars.choices }}', await: 'queued', onUnknown: 'resend' }),
  },
  {
    vars: {
      choices: {
        type: 'array',
        default: [
          { id: 'yes', title: 'Yes' },
          { id: 'no', title: 'No' },
        ],
      },
    },
  },
);

describe('what a message can be', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    const { emulator } = deployment;
    await emulator.registerTemplate({
      name: 'visit',
      language: 'en',
      category: 'utility',
      body: 'See you {{1}}.',
      quickReplies: ['Yes', 'No'],
    });
    await emulator.registerTemplate({ name: 'shop', language: 'en', category: 'marketing', body: 'Look {{who}}' });
    await emulator.registerTemplate({ name: 'code', language: 'en', category: 'authentication', body: 'Your code is {{1}}.' });
    await deployment.tenant([
      contents,
      spoken('forward', {
        ask: ask({ text: 'A picture, please', expect: { kind: 'media' } }),
        back: send({ media: { type: 'image', mediaId: '{{ steps.ask.value.mediaId }}' } }),
      }),
      spoken('templates', {
        visit: {
          type: 'message.template',
          with: {
            name: 'visit',
            language: 'en',
            category: 'utility',
            params: { '1': '{{ contact.firstName }}' },
            header: { location: { latitude: 1, longitude: 2, name: 'Shop' } },
            buttons: [{ payload: 'visit:yes' }, { payload: 'visit:no' }],
            await: 'accepted',
          },
        },
        shop: {
          type: 'message.template',
          with: {
            name: 'shop',
            language: 'en',
            category: 'marketing',
            params: { who: '{{ contact.firstName }}' },
            header: { media: { type: 'image', url: `${FILES}/shop.jpg` } },
            buttons: [{ urlSuffix: 'ref={{ contact.firstName }}' }, { code: 'SALE10' }],
            await: 'queued',
            onUnknown: 'hold',
          },
        },
        code: {
          type: 'message.template',
          with: {
            name: 'code',
            language: 'en',
            category: 'authentication',
            params: { '1': '123' },
            await: 'delivered',
            onUnknown: 'resend',
          },
          timeout: 'PT1H',
          on: { timeout: 'done' },
        },
        after: send({ text: '{{ steps.code.status }}' }),
      }),
      heard(
        'media',
        ['media'],
        '{{ event.?media.type.orValue("-") }} {{ event.?media.?filename.orValue("-") }}: {{ event.text }}',
      ),
      heard(
        'place',
        ['location'],
        '{{ event.?location.?name.orValue("-") }} {{ string(event.?location.latitude.orValue(0.0)) }}',
      ),
      heard('like', ['reaction'], 'reaction to {{ event.messages[0].?reaction.messageId.orValue("-") }}'),
      heard('odd', ['unsupported'], 'that was {{ event.kind }}'),
      heard('tapped', ['option'], 'tap on {{ event.messages[0].?option.id.orValue("-") }}'),
      heard('words', ['text'], 'words'),
      {
        ...spoken('buttons', { tell: send({ text: 'payload {{ event.payload }} of {{ event.title }}' }) }),
        triggers: [
          {
            id: 'visit',
            type: 'channel.postback',
            channels: ['whatsapp'],
            payloads: ['visit:*'],
            connection: 'main',
            priority: 5,
            interrupts: true,
          },
        ],
      },
      ...(['exact', 'prefix', 'contains'] as const).map((keywordMatch) => ({
        ...spoken(keywordMatch, { tell: send({ text: `${keywordMatch} it is` }) }),
        triggers: [
          {
            id: 'word',
            type: 'channel.message',
            channels: ['whatsapp'],
            keywords: [`say ${keywordMatch}`],
            keywordMatch,
            connection: 'main',
          },
        ],
      })),
    ]);
  }, 60_000);

  afterAll(() => deployment.close(), 30_000);

  let people = 5511900000000;
  const customer = () => String((people += 1));
  const bodies = async (waId: string, count: number) =>
    (await deployment.sentTo(waId, count)).map(({ body }) => body as JsonObject);
  /** What the customer is answered when this is all that was ever said. */
  async function answerTo(said: Parameters<typeof deployment.emulator.say>[1]): Promise<string | undefined> {
    const waId = customer();
    await deployment.emulator.say(waId, said);
    return (await deployment.sentTo(waId, 1)).at(-1)?.text;
  }

  it('goes out as the channel has it, in order, with its texts filled in', async () => {
    const waId = customer();
    const { messageId } = await deployment.emulator.say(waId, { text: 'everything', name: 'Ana Lima' });
    const ownPicture = expect.stringMatching(/^https:\/\/files\.example\/[0-9a-f-]{36}\.jpg$/);
    expect(await bodies(waId, 12)).toMatchObject([
      { type: 'image', image: { link: ownPicture, caption: 'You, Ana' } },
      { type: 'video', video: { link: `${FILES}/a.mp4` } },
      { type: 'audio', audio: { link: `${FILES}/a.ogg` } },
      { type: 'document', document: { link: `${FILES}/a.pdf`, filename: 'Plan of Ana.pdf' } },
      { type: 'sticker', sticker: { link: `${FILES}/a.webp` } },
      { type: 'location', location: { latitude: -23.5, longitude: -46.6, name: 'Shop', address: 'Tenant Street 1' } },
      { type: 'location', location: { latitude: 1.5, longitude: 2 } },
      { type: 'reaction', reaction: { emoji: '👍', message_id: messageId } },
      { type: 'text', text: { body: 'I mean this' }, context: { message_id: messageId } },
      { interactive: { type: 'cta_url', action: { parameters: { display_text: 'Open', url: `${FILES}/Ana` } } } },
      {
        interactive: {
          type: 'list',
          action: {
            button: 'All sizes',
            sections: [{ rows: expect.arrayContaining([{ id: 's', title: 'Size s', description: 'For Ana' }]) }],
          },
        },
      },
      {
        interactive: {
          type: 'button',
          action: { buttons: [{ reply: { id: 'yes', title: 'Yes' } }, { reply: { id: 'no', title: 'No' } }] },
        },
      },
    ]);
  }, 60_000);

  it('can be a media that a contact has sent', async () => {
    const waId = customer();
    await deployment.emulator.say(waId, { text: 'forward' });
    await deployment.sentTo(waId, 1);
    await deployment.emulator.say(waId, { media: { type: 'image' } });
    expect((await bodies(waId, 2)).at(-1)).toMatchObject({ type: 'image', image: { id: expect.any(String) } });
  }, 60_000);

  it('can be a template with header and buttons, whose tap starts the workflow of its payload', async () => {
    const waId = customer();
    await deployment.emulator.say(waId, { text: 'templates', name: 'Bia' });
    const sent = await bodies(waId, 4);
    expect(sent[0]).toMatchObject({
      template: {
        components: [
          { type: 'header', parameters: [{ type: 'location', location: { latitude: 1, longitude: 2, name: 'Shop' } }] },
          { type: 'body', parameters: [{ text: 'Bia' }] },
          { sub_type: 'quick_reply', index: '0', parameters: [{ payload: 'visit:yes' }] },
          { sub_type: 'quick_reply', index: '1', parameters: [{ payload: 'visit:no' }] },
        ],
      },
    });
    expect(sent[1]).toMatchObject({
      template: {
        components: [
          { type: 'header', parameters: [{ type: 'image', image: { link: `${FILES}/shop.jpg` } }] },
          { type: 'body', parameters: [{ parameter_name: 'who', text: 'Bia' }] },
          { sub_type: 'url', index: '0', parameters: [{ text: 'ref=Bia' }] },
          { sub_type: 'copy_code', index: '1', parameters: [{ coupon_code: 'SALE10' }] },
        ],
      },
    });
    const messages = await deployment.sentTo(waId, 4);
    expect(messages.slice(2).map(({ text }) => text)).toEqual(['Your code is 123.', expect.stringMatching(/^(delivered|read)$/)]);
    await deployment.emulator.say(waId, { tap: { option: 'visit:no' } });
    expect((await deployment.sentTo(waId, 5)).at(-1)?.text).toBe('payload visit:no of No');
  }, 60_000);

  it('starts the workflow of its kind', async () => {
    expect(await answerTo({ media: { type: 'document', filename: 'cv.pdf', caption: 'My CV' } })).toBe('document cv.pdf: My CV');
    expect(await answerTo({ location: { latitude: 1.5, longitude: 2, name: 'Home' } })).toBe('Home 1.5');
    expect(await answerTo({ raw: { type: 'order', order: {} } })).toBe('that was unsupported');
    const waId = customer();
    const { messageId } = await deployment.emulator.say(waId, { text: 'anything' });
    expect((await deployment.sentTo(waId, 1)).at(-1)?.text).toBe('words');
    await deployment.emulator.say(waId, { reaction: { messageId, emoji: '❤' } });
    expect((await deployment.sentTo(waId, 2)).at(-1)?.text).toBe(`reaction to ${messageId}`);
    const chooser = customer();
    await deployment.emulator.say(chooser, { text: 'everything' });
    await deployment.sentTo(chooser, 12);
    await deployment.emulator.say(chooser, { tap: { option: 'm' } });
    expect((await deployment.sentTo(chooser, 13)).at(-1)?.text).toBe('tap on m');
  }, 60_000);

  it.each([
    ['say exact', 'exact it is'],
    ['SAY  Éxact', 'exact it is'],
    ['say exactly', undefined],
    ['say prefixed words', 'prefix it is'],
    ['do not say prefix', 'words'],
    ['please say contains now', 'contains it is'],
    ['please say containsit', 'words'],
  ])(
    'that reads "%s" is compared with keywords as each trigger wants it',
    async (text, answer) => {
      const waId = customer();
      await deployment.emulator.say(waId, { text });
      expect((await deployment.sentTo(waId, 1, answer === undefined ? 1_000 : 30_000)).at(-1)?.text).toBe(answer);
    },
    60_000,
  );
});
