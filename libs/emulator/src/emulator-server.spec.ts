import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EmulatorClient } from './client.js';
import { EmulatorServer } from './emulator-server.js';

const CUSTOMER = '5511999990001';
const NUMBER = '106540352242922';
const server = new EmulatorServer();
let url: string;
let emulator: EmulatorClient;

beforeAll(async () => {
  url = await server.start();
  emulator = new EmulatorClient(url);
});

beforeEach(async () => {
  await emulator.reset();
  await emulator.registerNumber(NUMBER, { accessToken: 'token', appSecret: 'secret' });
  await emulator.registerTemplate({ name: 'hello', language: 'en', category: 'utility', body: 'Hello {{1}}' });
  await emulator.say(CUSTOMER, { text: 'hi' });
});

afterAll(() => server.stop());

const envelope = { messaging_product: 'whatsapp', to: `+${CUSTOMER}` };
const button = (id: string, title: string) => ({ type: 'reply', reply: { id, title } });
const buttons = (list: unknown[]) => ({
  ...envelope,
  type: 'interactive',
  interactive: { type: 'button', body: { text: 'x' }, action: { buttons: list } },
});
const list = (rows: unknown[]) => ({
  ...envelope,
  type: 'interactive',
  interactive: { type: 'list', body: { text: 'x' }, action: { button: 'Open', sections: [{ rows }] } },
});
const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: String(index), title: `Row ${index}` }));

describe('POST /{phone-number-id}/messages', () => {
  it('answers as Graph does', async () => {
    const { status, body } = await post({ ...envelope, type: 'text', text: { body: 'hello' }, biz_opaque_callback_data: 'e1' });
    expect(status).toBe(200);
    expect(body).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: `+${CUSTOMER}`, wa_id: CUSTOMER, user_id: `US.${CUSTOMER}` }],
      messages: [{ id: expect.stringMatching(/^wamid\./), message_status: 'accepted' }],
    });
    expect(await emulator.messages({ effectRef: 'e1' })).toMatchObject([
      { seq: 1, phoneNumberId: NUMBER, waId: CUSTOMER, type: 'text', text: 'hello' },
    ]);
  });

  it.each<[string, unknown, number, number]>([
    ['no messaging_product', { to: '+5511999990001', text: { body: 'x' } }, 400, 100],
    ['an unknown type', { ...envelope, type: 'hologram' }, 400, 100],
    ['no recipient', { messaging_product: 'whatsapp', type: 'text', text: { body: 'x' } }, 400, 131008],
    ['no text', { ...envelope, type: 'text', text: {} }, 400, 131008],
    ['an empty text', { ...envelope, type: 'text', text: { body: '' } }, 400, 131009],
    ['a text of 4097 characters', { ...envelope, type: 'text', text: { body: 'x'.repeat(4097) } }, 400, 131009],
    ['four buttons', buttons(['a', 'b', 'c', 'd'].map((id) => button(id, id))), 400, 131009],
    ['a button title of 21 characters', buttons([button('a', 'x'.repeat(21))]), 400, 131009],
    ['two equal button titles', buttons([button('a', 'x'), button('b', 'x')]), 400, 131009],
    ['eleven rows', list(rows(11)), 400, 131009],
    ['media by link and id', { ...envelope, type: 'image', image: { id: '1', link: 'https://example.com/a.png' } }, 400, 131009],
    ['media that nobody uploaded', { ...envelope, type: 'image', image: { id: '1' } }, 400, 100],
    [
      'a caption on audio',
      { ...envelope, type: 'audio', audio: { link: 'https://example.com/a.ogg', caption: 'x' } },
      400,
      131009,
    ],
    [
      'a template that is not registered',
      { ...envelope, type: 'template', template: { name: 'nope', language: { code: 'en' } } },
      404,
      132001,
    ],
    [
      'a template without its parameter',
      { ...envelope, type: 'template', template: { name: 'hello', language: { code: 'en' } } },
      400,
      132000,
    ],
    ['a customer who never wrote', { ...envelope, to: '+4915112345678', type: 'text', text: { body: 'x' } }, 400, 131047],
    [
      'a read mark for a message that is none',
      { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.x' },
      400,
      100,
    ],
  ])('refuses %s', async (_name, request, status, code) => {
    const answer = await post(request);
    expect(answer).toMatchObject({
      status,
      body: { error: { code, message: expect.any(String), fbtrace_id: expect.any(String) } },
    });
    expect(await emulator.messages()).toEqual([]);
  });

  it('tells an unknown number from a wrong token', async () => {
    expect(await post(envelope, { id: '1' })).toMatchObject({ status: 404, body: { error: { code: 100 } } });
    expect(await post(envelope, { token: 'other' })).toMatchObject({ status: 401, body: { error: { code: 190 } } });
  });

  it('refuses what is not JSON', async () => {
    expect(await post('{"half', {})).toMatchObject({ status: 400, body: { error: { code: 100 } } });
  });

  it('takes ten rows and three buttons', async () => {
    expect((await post(list(rows(10)))).status).toBe(200);
    expect((await post(buttons(['a', 'b', 'c'].map((id) => button(id, id))))).status).toBe(200);
  });

  it('closes the window 24 hours after the last message, and not before', async () => {
    const text = { ...envelope, type: 'text', text: { body: 'x' } };
    await emulator.advanceClock(24 * 60 * 60 * 1000 - 5_000);
    expect((await post(text)).status).toBe(200);
    await emulator.advanceClock(5_000);
    expect(await post(text)).toMatchObject({ status: 400, body: { error: { code: 131047 } } });
    await emulator.say(CUSTOMER, { text: 'back again' });
    expect((await post(text)).status).toBe(200);
  });

  it('takes a user id in the field for numbers and lets it reach nobody, as Meta does', async () => {
    const answer = await post({ ...envelope, to: `US.${CUSTOMER}`, type: 'text', text: { body: 'x' } });
    expect(answer.status).toBe(200);
    expect(await emulator.messages()).toMatchObject([{ waId: null, state: 'accepted' }]);
  });
});

describe('media', () => {
  it('is uploaded, described and downloaded with the token, for five minutes', async () => {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('type', 'image/png');
    form.set('file', new Blob(['pixels'], { type: 'image/png' }), 'a.png');
    const headers = { authorization: 'Bearer token' };
    const upload = await fetch(`${url}/v26.0/${NUMBER}/media`, { method: 'POST', headers, body: form });
    const { id } = (await upload.json()) as { id: string };
    expect((await post({ ...envelope, type: 'image', image: { id } })).status).toBe(200);

    const described = (await (await fetch(`${url}/v26.0/${id}`, { headers })).json()) as { url: string };
    expect(described).toMatchObject({ id, mime_type: 'image/png', file_size: 6, messaging_product: 'whatsapp' });
    expect(await (await fetch(described.url, { headers })).text()).toBe('pixels');
    expect((await fetch(described.url)).status).toBe(401);
    await emulator.advanceClock(6 * 60 * 1000);
    expect((await fetch(described.url, { headers })).status).toBe(404);
  });

  it('refuses a form without a file', async () => {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    const answer = await fetch(`${url}/v26.0/${NUMBER}/media`, {
      method: 'POST',
      headers: { authorization: 'Bearer token' },
      body: form,
    });
    expect(answer.status).toBe(400);
  });
});

describe('webhooks', () => {
  it('are signed over bytes that no parser writes back alike', async () => {
    const got: Array<{ body: Buffer; signature: string }> = [];
    const callback = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        got.push({ body: Buffer.concat(chunks), signature: String(request.headers['x-hub-signature-256']) });
        response.end();
      });
    });
    await new Promise<void>((resolve) => callback.listen(0, '127.0.0.1', resolve));
    const address = callback.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await emulator.registerNumber(NUMBER, {
      accessToken: 'token',
      appSecret: 'secret',
      callbackUrl: `http://127.0.0.1:${port}/hook`,
      skipHandshake: true,
    });
    await emulator.say(CUSTOMER, { text: 'Olá' });
    await emulator.idle();
    callback.close();
    callback.closeAllConnections();

    const [delivery] = got;
    if (delivery === undefined) throw new Error('No webhook came.');
    expect(delivery.signature).toBe(`sha256=${createHmac('sha256', 'secret').update(delivery.body).digest('hex')}`);
    const parsed: unknown = JSON.parse(delivery.body.toString());
    expect(parsed).toMatchObject({ object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages' }] }] });
    expect(JSON.stringify(parsed)).not.toBe(delivery.body.toString());
  });
});

describe('the control API', () => {
  it('says what is wrong with a request', async () => {
    await expect(emulator.say(CUSTOMER, {})).rejects.toThrow('exactly one of text, tap');
    await expect(emulator.say('+55', { text: 'x' })).rejects.toThrow('in digits');
    await expect(emulator.say(CUSTOMER, { tap: { option: 'never-offered' } })).rejects.toThrow(
      'offers the option "never-offered"',
    );
    await expect(emulator.say(CUSTOMER, { text: 'x', phoneNumberId: '9' })).rejects.toThrow(NUMBER);
  });

  it('waits for the next message instead of being asked again', async () => {
    const next = emulator.messages({ after: 0, waitMs: 5_000 });
    await post({ ...envelope, type: 'text', text: { body: 'at last' } });
    await expect(next).resolves.toMatchObject([{ text: 'at last' }]);
  });

  it('hands messages on as they come', async () => {
    const following = emulator.follow();
    await post({ ...envelope, type: 'text', text: { body: 'one' } });
    await post({ ...envelope, type: 'text', text: { body: 'two' } });
    expect([(await following.next()).value, (await following.next()).value]).toMatchObject([{ text: 'one' }, { text: 'two' }]);
  });

  it('keeps the numbers in a reset that asks for it', async () => {
    await emulator.reset({ keepNumbers: true });
    expect(await emulator.numbers()).toHaveLength(1);
    expect(await emulator.messages()).toEqual([]);
    await emulator.reset();
    expect(await emulator.numbers()).toEqual([]);
  });
});

async function post(body: unknown, { id = NUMBER, token = 'token' } = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/v26.0/${id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}
