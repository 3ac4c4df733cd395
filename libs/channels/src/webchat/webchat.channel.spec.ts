import { describe, expect, it } from '@jest/globals';
import type { ContactAlias, OutboundMessage } from '@workflows/core';
import { WebChatBox, type WebChatDelivery } from '@workflows/ports';
import fc from 'fast-check';
import { visitorToken } from './visitor-token.js';
import { WebChatChannel } from './webchat.channel.js';

const VISITOR = 'visitor-0000000000000001';

/** A box that remembers, and may be away. */
class Box extends WebChatBox {
  readonly delivered: WebChatDelivery[] = [];
  isAway = false;

  override deliver(_tenantId: string, delivery: WebChatDelivery): Promise<string> {
    if (this.isAway) return Promise.reject(new Error('private words of a database'));
    this.delivered.push(delivery);
    return Promise.resolve('message-1');
  }
}

const box = new Box();
const channel = new WebChatChannel(box);
const to: ContactAlias[] = [{ kind: 'webchat', value: VISITOR }];
const send = (message: OutboundMessage, whom = to) =>
  channel.send({
    account: { tenantId: 't', connectionId: 'c', account: 'site', settings: {}, secrets: {} },
    to: whom,
    message,
    effectRef: 'effect-1',
    timeoutMs: 1_000,
  });

const body = (fields: object) => ({ account: 'site', visitor: VISITOR, id: 'message-1', ...fields });
const request = (fields: object, token: string) => ({
  headers: { authorization: `Bearer ${token}` },
  rawBody: Buffer.from(JSON.stringify(body(fields))),
  query: {},
});

describe('the web chat', () => {
  it('knows a visitor by the token that the page was given, whichever secret made it', () => {
    const secrets = { appSecrets: ['old', 'new'], verifyToken: '' };
    const token = (secret: string, visitor = VISITOR, account = 'site') => visitorToken(secret, { account, visitor });
    expect(channel.verify(request({ text: 'hi' }, token('old')), secrets)).toBe(true);
    expect(channel.verify(request({ text: 'hi' }, token('new')), secrets)).toBe(true);
    expect(channel.verify(request({ text: 'hi' }, token('foreign')), secrets)).toBe(false);
    expect(channel.verify(request({ text: 'hi' }, token('new', 'another-visitor-00000001')), secrets)).toBe(false);
    expect(channel.verify(request({ text: 'hi' }, token('new', VISITOR, 'other-site')), secrets)).toBe(false);
    expect(channel.verify(request({ text: 'hi' }, token('')), { appSecrets: [''], verifyToken: '' })).toBe(false);
    expect(channel.verify({ headers: {}, rawBody: Buffer.from('no json'), query: {} }, secrets)).toBe(false);
  });

  it('reads what a visitor writes and taps', () => {
    expect(channel.parse(body({ text: 'Hi\u0000', name: 'Ana' }))).toMatchObject([
      {
        type: 'message',
        account: 'site',
        aliases: to,
        name: 'Ana',
        message: { id: `${VISITOR}:message-1`, kind: 'text', text: 'Hi' },
      },
    ]);
    expect(channel.parse(body({ option: { id: 'a', title: 'A' } }))).toMatchObject([
      { message: { kind: 'option', text: 'A', option: { id: 'a', title: 'A' } } },
    ]);
  });

  it('throws on nothing, and reads nothing from what is no message', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => expect(channel.parse(json)).toMatchObject([{ type: 'notice' }])));
    expect(channel.parse(body({ text: ' ' }))).toMatchObject([{ type: 'notice', field: 'text' }]);
    expect(channel.parse(body({ text: 'x'.repeat(8001) }))).toMatchObject([{ type: 'notice', field: 'text' }]);
  });

  it('delivers under the reference of the effect', async () => {
    await expect(send({ type: 'content', text: 'hello' })).resolves.toEqual({ outcome: 'accepted', providerId: 'message-1' });
    expect(box.delivered.at(-1)).toEqual({
      connectionId: 'c',
      visitor: VISITOR,
      reference: 'effect-1',
      message: { type: 'content', text: 'hello' },
    });
  });

  it.each<[string, OutboundMessage]>([
    ['a template', { type: 'template', name: 'a', language: 'en', category: 'utility', params: {} }],
    ['a text that is too long', { type: 'content', text: 'x'.repeat(8001) }],
    ['nothing', { type: 'content' }],
    ['a sticker', { type: 'content', media: { type: 'sticker', url: 'https://x.example.com' } }],
    ['a title that is too long', { type: 'content', text: 'x', options: [{ id: 'a', title: 'x'.repeat(41) }] }],
    [
      'too many options',
      { type: 'content', text: 'x', options: Array.from({ length: 21 }, (_, n) => ({ id: `o-${n}`, title: `${n}` })) },
    ],
    ['an answer in public', { type: 'content', text: 'x', public: true }],
  ])('refuses %s', async (_what, message) => {
    await expect(send(message)).resolves.toMatchObject({
      outcome: 'refused',
      failure: { kind: 'terminal', code: expect.stringMatching(/^channel\.(invalid|unsupported)$/) },
    });
  });

  it('refuses a contact who was never there, and does not know when the database does not answer', async () => {
    await expect(send({ type: 'content', text: 'x' }, [])).resolves.toMatchObject({ outcome: 'refused' });
    box.isAway = true;
    const unknown = await send({ type: 'content', text: 'x' });
    expect(unknown.outcome).toBe('unknown');
    expect(JSON.stringify(unknown)).not.toContain('private');
  });
});
