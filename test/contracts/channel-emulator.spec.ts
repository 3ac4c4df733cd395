import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelEvent, ContactAlias, OutboundMessage, SendResult } from '@workflows/core';
import { WhatsAppChannel } from '@workflows/channels';
import { EmulatorClient, EmulatorServer } from '@workflows/emulator';
import type { ChannelAccount, WebhookRequest } from '@workflows/ports';
import { UndiciEgressClient } from '../../libs/engine/src/egress/index.js';

const PHONE = '5511999990001';
const NUMBER = '106540352242922';
const TO: ContactAlias[] = [{ kind: 'wa_id', value: PHONE }];
const SECRETS = { appSecrets: ['old-secret', 'app-secret'], verifyToken: 'let-me-in' };
const ACCOUNT: ChannelAccount = {
  tenantId: 't1',
  connectionId: 'c1',
  account: NUMBER,
  settings: { markRead: true, typing: false },
  secrets: { accessToken: 'token' },
};

const server = new EmulatorServer();
const egress = new UndiciEgressClient();
let emulator: EmulatorClient;
let channel: WhatsAppChannel;
let callback: Callback;

beforeAll(async () => {
  const url = await server.start();
  emulator = new EmulatorClient(url);
  channel = new WhatsAppChannel(egress, { graphUrl: url, version: 'v26.0' });
  callback = await startCallback();
});

beforeEach(async () => {
  await emulator.registerNumber(NUMBER, {
    accessToken: 'token',
    appSecret: 'app-secret',
    verifyToken: 'let-me-in',
    callbackUrl: callback.url,
  });
  await emulator.registerTemplate({
    name: 'follow_up',
    language: 'en',
    category: 'utility',
    body: 'Hi {{first_name}}, about {{topic}}: shall we talk?',
  });
});

afterEach(async () => {
  callback.answerWith(200);
  await emulator.idle();
  callback.forget();
  await emulator.reset();
});

afterAll(async () => {
  await server.stop();
  await callback.close();
  await egress.onModuleDestroy();
});

describe('inbound', () => {
  it('reads a signed text of a customer, with emoji and both names', async () => {
    const { messageId } = await emulator.say(PHONE, { text: 'Olá / oi 👋', name: 'Ana' });
    const event = await callback.next('message');
    expect(event).toMatchObject({
      account: NUMBER,
      name: 'Ana',
      aliases: [...TO, { kind: 'bsuid', value: `US.${PHONE}` }],
      message: { id: messageId, kind: 'text', text: 'Olá / oi 👋' },
    });
  });

  it('knows a customer who hides the phone number by the user id, and can answer', async () => {
    await emulator.say(PHONE, { text: 'hi', hidesPhone: true, userId: 'BR.778899' });
    const event = await callback.next('message');
    expect(event.aliases).toEqual([{ kind: 'bsuid', value: 'BR.778899' }]);
    await expect(send({ type: 'content', text: 'hello' }, event.aliases)).resolves.toMatchObject({ outcome: 'accepted' });
    expect(await emulator.messages()).toMatchObject([{ userId: 'BR.778899', text: 'hello' }]);
  });

  it('reads media, a location, a reaction and what it does not know', async () => {
    await emulator.say(PHONE, { media: { type: 'document', caption: 'my papers', filename: 'a.pdf' } });
    expect((await callback.next('message')).message).toMatchObject({
      kind: 'media',
      text: 'my papers',
      media: { type: 'document', mime: 'application/pdf', filename: 'a.pdf' },
    });
    await emulator.say(PHONE, { location: { latitude: -23.5, longitude: -46.6 } });
    expect((await callback.next('message')).message).toMatchObject({ kind: 'location', location: { latitude: -23.5 } });
    await emulator.say(PHONE, { reaction: { messageId: 'wamid.x', emoji: '' } });
    expect((await callback.next('message')).message).toMatchObject({
      kind: 'reaction',
      reaction: { messageId: 'wamid.x', emoji: '' },
    });
    await emulator.say(PHONE, { raw: { type: 'hologram', hologram: { depth: 3 } } });
    expect((await callback.next('message')).message).toMatchObject({ kind: 'unsupported', raw: { hologram: { depth: 3 } } });
  });

  it('is given a webhook again until it answers 200', async () => {
    callback.answerWith(503);
    await emulator.say(PHONE, { text: 'are you there?' });
    await callback.next('message');
    callback.answerWith(200);
    expect((await callback.next('message')).message.text).toBe('are you there?');
    await emulator.idle();
    expect(await emulator.webhooks()).toMatchObject([{ state: 'delivered', lastStatus: 200 }]);
  });

  it('acknowledges a message with typing', async () => {
    await emulator.say(PHONE, { text: 'hello' });
    const { message } = await callback.next('message');
    await expect(channel.acknowledge(ACCOUNT, message, { typing: true })).resolves.toBe(true);
    expect(await emulator.reads()).toMatchObject([{ messageId: message.id, typing: true }]);
    await expect(channel.acknowledge(ACCOUNT, { ...message, id: 'wamid.other' }, { typing: false })).resolves.toBe(false);
  });
});

describe('outbound', () => {
  beforeEach(async () => {
    await emulator.say(PHONE, { text: 'hi' });
    await callback.next('message');
  });

  it('sends a text, and every receipt carries its reference', async () => {
    const result = await send({ type: 'content', text: 'Hello Ana' });
    const providerId = providerIdOf(result);
    const receipts = [await callback.next('status'), await callback.next('status'), await callback.next('status')];
    expect(receipts.map(({ status }) => status).sort()).toEqual(['delivered', 'read', 'sent']);
    for (const receipt of receipts)
      expect(receipt).toMatchObject({ account: NUMBER, messageId: providerId, effectRef: 'effect-1' });
    expect(await emulator.messages()).toMatchObject([{ messageId: providerId, text: 'Hello Ana', state: 'read' }]);
  });

  it('sends three options as buttons, whose tap comes back with the id', async () => {
    const options = [
      { id: 's1', title: '1-10' },
      { id: 's2', title: '11-100' },
      { id: 's3', title: 'More' },
    ];
    const sent = providerIdOf(await send({ type: 'content', text: 'Team size?', options }));
    await emulator.say(PHONE, { tap: { option: 's2' } });
    const { message } = await callback.next('message');
    expect(message).toMatchObject({ kind: 'option', text: '11-100', option: { id: 's2', title: '11-100' }, quotedId: sent });
  });

  it('sends four options as a list, whose row comes back with the id', async () => {
    const options = ['a', 'b', 'c', 'd'].map((id) => ({ id, title: `Row ${id}`, description: 'one of four' }));
    await send({ type: 'content', text: 'Choose', options, listLabel: 'Open' });
    await emulator.say(PHONE, { tap: { option: 'Row d' } });
    expect((await callback.next('message')).message).toMatchObject({ kind: 'option', option: { id: 'd', title: 'Row d' } });
  });

  it.each<[string, OutboundMessage]>([
    ['image', { type: 'content', text: 'look', media: { type: 'image', url: 'https://example.com/a.jpg' } }],
    ['audio', { type: 'content', media: { type: 'audio', url: 'https://example.com/a.ogg' } }],
    ['interactive', { type: 'content', text: 'Read on', link: { title: 'Open', url: 'https://example.com' } }],
    ['location', { type: 'content', location: { latitude: 1.5, longitude: 2, name: 'Office' } }],
    ['reaction', { type: 'content', reaction: { emoji: '👍', messageId: 'wamid.any' } }],
    [
      'template',
      { type: 'template', name: 'follow_up', language: 'en', category: 'utility', params: { first_name: 'Ana', topic: 'seats' } },
    ],
  ])('sends a message of type %s', async (type, message) => {
    await expect(send(message)).resolves.toMatchObject({ outcome: 'accepted' });
    expect(await emulator.messages()).toMatchObject([{ type }]);
  });

  it('fills the template that the customer reads, and may send it when the window has closed', async () => {
    await emulator.advanceClock(25 * 60 * 60 * 1000);
    await expect(send({ type: 'content', text: 'too late' })).resolves.toMatchObject({
      outcome: 'refused',
      failure: { code: 'channel.window_closed', kind: 'terminal' },
    });
    await send({
      type: 'template',
      name: 'follow_up',
      language: 'en',
      category: 'utility',
      params: { first_name: 'Ana', topic: 'seats' },
    });
    expect(await emulator.messages()).toMatchObject([{ type: 'template', text: 'Hi Ana, about seats: shall we talk?' }]);
  });

  it('reads a tap on a template, with the payload that was sent or the title', async () => {
    await emulator.registerTemplate({
      name: 'ask',
      language: 'en',
      category: 'utility',
      body: 'Shall we?',
      quickReplies: ['Yes', 'Later'],
    });
    await send({ type: 'template', name: 'ask', language: 'en', category: 'utility', params: {}, buttons: [{ payload: 'go' }] });
    await emulator.say(PHONE, { tap: { option: 'Yes' } });
    expect((await callback.next('message')).message).toMatchObject({ kind: 'option', option: { id: 'go', title: 'Yes' } });
    await emulator.say(PHONE, { tap: { option: 'Later' } });
    expect((await callback.next('message')).message).toMatchObject({ option: { id: 'Later', title: 'Later' } });
  });

  it('learns that a template is missing, or that its parameters do not fit', async () => {
    const template = { type: 'template', language: 'en', category: 'utility' } as const;
    await expect(send({ ...template, name: 'nowhere', params: {} })).resolves.toMatchObject({
      outcome: 'refused',
      failure: { code: 'channel.template' },
    });
    await expect(send({ ...template, name: 'follow_up', params: { first_name: 'Ana' } })).resolves.toMatchObject({
      outcome: 'refused',
      failure: { code: 'channel.template' },
    });
  });

  it('learns that its token or its number is wrong', async () => {
    const withToken = (accessToken: string, account = NUMBER) =>
      channel.send({
        account: { ...ACCOUNT, account, secrets: { accessToken } },
        to: TO,
        message: { type: 'content', text: 'x' },
        effectRef: 'e',
        timeoutMs: 2_000,
      });
    await expect(withToken('stolen')).resolves.toMatchObject({
      outcome: 'refused',
      failure: { code: 'channel.auth', kind: 'terminal' },
    });
    await expect(withToken('token', '999')).resolves.toMatchObject({ outcome: 'refused', failure: { code: 'channel.invalid' } });
  });
});

describe('faults', () => {
  beforeEach(async () => {
    await emulator.say(PHONE, { text: 'hi' });
    await callback.next('message');
  });

  it.each(['drop_before_accept', 'accept_then_drop'] as const)('cannot know after %s', async (kind) => {
    await emulator.addFault({ kind, count: 1 });
    await expect(send({ type: 'content', text: 'x' })).resolves.toMatchObject({ outcome: 'unknown' });
    expect(await emulator.messages()).toHaveLength(kind === 'accept_then_drop' ? 1 : 0);
    await expect(send({ type: 'content', text: 'y' })).resolves.toMatchObject({ outcome: 'accepted' });
  });

  it('settles by its receipt a send whose answer was lost', async () => {
    await emulator.addFault({ kind: 'accept_then_drop', count: 1 });
    await send({ type: 'content', text: 'x' }, TO, 'effect-lost');
    expect(await callback.next('status')).toMatchObject({ effectRef: 'effect-lost' });
  });

  it('cannot know when the answer comes too late', async () => {
    await emulator.addFault({ kind: 'delay', delayMs: 1_500, count: 1 });
    const late = channel.send({
      account: ACCOUNT,
      to: TO,
      message: { type: 'content', text: 'x' },
      effectRef: 'e',
      timeoutMs: 700,
    });
    await expect(late).resolves.toEqual({ outcome: 'unknown', reason: expect.stringContaining('timeout') });
    expect(await emulator.messages({ waitMs: 5_000 })).toHaveLength(1);
  });

  it.each<[number, Partial<SendResult> | object]>([
    [131056, { outcome: 'refused', failure: { code: 'channel.throttled', kind: 'retryable', retryAfterMs: 6_000 } }],
    [131026, { outcome: 'refused', failure: { code: 'channel.undeliverable', kind: 'terminal' } }],
    [131050, { outcome: 'refused', failure: { code: 'channel.opted_out', kind: 'terminal' } }],
    [131045, { outcome: 'refused', failure: { code: 'channel.auth', kind: 'terminal' } }],
    [131000, { outcome: 'unknown' }],
    [133004, { outcome: 'unknown' }],
  ])('reads the error %i for what it means', async (code, expected) => {
    await emulator.addFault({ kind: 'error', code, count: 1 });
    await expect(send({ type: 'content', text: 'x' })).resolves.toMatchObject(expected);
    expect(await emulator.messages()).toEqual([]);
  });

  it('strikes on the same occasions with the same seed', async () => {
    const outcomes = async () => {
      await emulator.clearFaults();
      await emulator.addFault({ kind: 'error', code: 131026, probability: 0.5, seed: 7 });
      const results: string[] = [];
      for (let turn = 0; turn < 8; turn += 1) results.push((await send({ type: 'content', text: 'x' })).outcome);
      return results;
    };
    const first = await outcomes();
    expect(new Set(first).size).toBe(2);
    expect(await outcomes()).toEqual(first);
  });

  it('gets no receipts while they are off, and each of them twice when webhooks are doubled', async () => {
    await emulator.addFault({ kind: 'statuses_off', count: 1 });
    await send({ type: 'content', text: 'silent' });
    await emulator.idle();
    expect(callback.waiting()).toBe(0);
    await emulator.addFault({ kind: 'duplicate_webhooks', count: 3 });
    await send({ type: 'content', text: 'twice' });
    await emulator.idle();
    expect(callback.waiting()).toBe(6);
  });
});

describe('the callback', () => {
  it('is not saved when its verify token differs', async () => {
    const wrong = emulator.registerNumber('2', {
      accessToken: 't',
      appSecret: 's',
      verifyToken: 'other',
      callbackUrl: callback.url,
    });
    await expect(wrong).rejects.toThrow(/answered 403/);
    expect((await emulator.numbers()).map(({ phoneNumberId }) => phoneNumberId)).toEqual([NUMBER]);
  });
});

function send(message: OutboundMessage, to = TO, effectRef = 'effect-1'): Promise<SendResult> {
  return channel.send({ account: ACCOUNT, to, message, effectRef, timeoutMs: 5_000 });
}

function providerIdOf(result: SendResult): string {
  if (result.outcome !== 'accepted') throw new Error(`Expected an accepted message: ${JSON.stringify(result)}`);
  return result.providerId;
}

type EventOf<Type extends ChannelEvent['type']> = Extract<ChannelEvent, { type: Type }>;
type Callback = Awaited<ReturnType<typeof startCallback>>;

/** A webhook endpoint as the engine has one: it verifies the bytes, parses, and keeps the events for the test. */
async function startCallback() {
  const events: ChannelEvent[] = [];
  let status = 200;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://callback');
      const signature = request.headers['x-hub-signature-256'];
      const webhook: WebhookRequest = {
        headers: { 'x-hub-signature-256': typeof signature === 'string' ? signature : undefined },
        rawBody: Buffer.concat(chunks),
        query: Object.fromEntries(url.searchParams),
      };
      if (request.method === 'GET') {
        const challenge = channel.handshake(webhook, SECRETS);
        response.writeHead(challenge === null ? 403 : 200).end(challenge ?? '');
      } else if (!channel.verify(webhook, SECRETS)) {
        response.writeHead(401).end();
      } else {
        events.push(...channel.parse(JSON.parse(webhook.rawBody.toString())));
        response.writeHead(status).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/webhooks/whatsapp`,
    answerWith: (next: number) => void (status = next),
    waiting: () => events.length,
    forget: () => void (events.length = 0),
    async next<Type extends ChannelEvent['type']>(type: Type): Promise<EventOf<Type>> {
      const isWanted = (event: ChannelEvent): event is EventOf<Type> => event.type === type;
      for (const until = Date.now() + 5_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 5))) {
        const index = events.findIndex(isWanted);
        const [event] = index < 0 ? [] : events.splice(index, 1);
        if (event !== undefined && isWanted(event)) return event;
      }
      throw new Error(`No ${type} came within five seconds.`);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
