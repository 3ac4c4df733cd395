import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ContactAlias, ContentMessage, OutboundMessage, SendResult } from '@workflows/core';
import type { Channel, ChannelAccount, WebhookRequest } from '@workflows/ports';

/** What one channel brings to the suite that every channel passes. */
export interface ChannelContract {
  /** The channel, with its provider at a base URL without a slash at its end. */
  create(providerUrl: string): Channel;
  account: ChannelAccount;
  to: ContactAlias[];
  /** Headers, in lower case, that sign a body as the provider does. */
  sign(rawBody: Buffer, appSecret: string): Record<string, string>;
  /** Query of the provider's subscription handshake. */
  handshake(verifyToken: string, challenge: string): Record<string, string>;
  /** Recorded webhook bodies. */
  payloads: Array<{ name: string; body: unknown }>;
  /** What a person may write for an address, and how the channel names the contact there. */
  addresses: Array<{ written: string; alias: ContactAlias | null }>;
  /** False where the provider takes no reference along with a message. */
  carriesReference: boolean;
  /** Answers of the provider to a send; the first one is an acceptance. */
  answers: Array<{ name: string; status: number; body: string; expected: Partial<SendResult> | object }>;
}

const SECRETS = { appSecrets: ['retired-secret', 'current-secret'], verifyToken: 'let-me-in' };
/** Long enough for a busy machine to connect, short enough to wait out once. */
const TIMEOUT_MS = 1_500;

/** Proves the promises of the port `Channel`. */
export function channelContract(name: string, contract: ChannelContract): void {
  describe(`the contract of channels: ${name}`, () => {
    const provider = new Provider();
    let channel: Channel;
    const send = (message: OutboundMessage, change: { to?: ContactAlias[] } = {}) =>
      channel.send({
        account: contract.account,
        to: contract.to,
        message,
        effectRef: 'effect-1',
        timeoutMs: TIMEOUT_MS,
        ...change,
      });

    beforeAll(async () => {
      channel = contract.create(await provider.start());
    });
    beforeEach(() => {
      const [accepted] = contract.answers;
      if (accepted === undefined) throw new Error('The contract needs answers, an acceptance first.');
      provider.answerWith(({ response }) =>
        response.writeHead(accepted.status, { 'content-type': 'application/json' }).end(accepted.body),
      );
    });
    afterAll(() => provider.stop());

    describe('webhooks', () => {
      it.each(contract.payloads)('verifies $name by its bytes alone', ({ body }) => {
        const rawBody = Buffer.from(JSON.stringify(body, null, 1));
        const request = (bytes: Buffer, secret: string): WebhookRequest => ({
          headers: contract.sign(rawBody, secret),
          rawBody: bytes,
          query: {},
        });
        expect(channel.verify(request(rawBody, 'current-secret'), SECRETS)).toBe(true);
        expect(channel.verify(request(rawBody, 'retired-secret'), SECRETS)).toBe(true);
        expect(channel.verify(request(rawBody, 'foreign-secret'), SECRETS)).toBe(false);
        expect(channel.verify(request(Buffer.from(JSON.stringify(body)), 'current-secret'), SECRETS)).toBe(false);
        expect(channel.verify({ headers: {}, rawBody, query: {} }, SECRETS)).toBe(false);
        expect(channel.verify(request(rawBody, ''), { ...SECRETS, appSecrets: [''] })).toBe(false);
      });

      it.each(contract.payloads)('reads from $name only events that can be stored', ({ body }) => {
        for (const event of channel.parse(body)) {
          expect(JSON.parse(JSON.stringify(event))).toBeInstanceOf(Object);
          if (event.type === 'notice') continue;
          expect(event.account).toMatch(/./);
          if (event.type !== 'status') {
            expect(event.message.id).toMatch(/./);
            expect(new Date(event.message.at).toISOString()).toBe(event.message.at);
            expect(event.aliases.length).toBeGreaterThan(0);
            expect(event.message.raw !== undefined).toBe(event.message.kind === 'unsupported');
          } else {
            expect(event.messageId).toMatch(/./);
            expect(event.failure !== undefined).toBe(event.status === 'failed');
          }
        }
      });

      it.each(contract.payloads)('reads the same from $name each time', ({ body }) => {
        expect(channel.parse(structuredClone(body))).toEqual(channel.parse(body));
      });

      it.each([null, 7, 'text', [], {}, [[]], { entry: 1 }, { object: null, entry: [null, { changes: {} }] }])(
        'does not throw on %j',
        (body) => {
          expect(() => channel.parse(body)).not.toThrow();
        },
      );

      it('answers the handshake of who knows the token, and of nobody else', () => {
        const request = (token: string) => ({ headers: {}, rawBody: Buffer.alloc(0), query: contract.handshake(token, '00123') });
        expect(channel.handshake(request('let-me-in'), SECRETS)).toBe('00123');
        expect(channel.handshake(request('guess'), SECRETS)).toBeNull();
        expect(channel.handshake({ headers: {}, rawBody: Buffer.alloc(0), query: {} }, SECRETS)).toBeNull();
      });
    });

    it.each(contract.addresses)('reads the address $written', ({ written, alias }) => {
      expect(channel.aliasOf(written)).toEqual(alias);
    });

    describe('sending', () => {
      it(`posts once, ${contract.carriesReference ? 'with' : 'without'} the reference of the effect`, async () => {
        await expect(send(text('hello'))).resolves.toMatchObject({ outcome: 'accepted' });
        expect(provider.bodies).toHaveLength(1);
        expect(provider.bodies[0]?.includes('effect-1')).toBe(contract.carriesReference);
      });

      it.each(contract.answers)('reads the answer "$name"', async ({ status, body, expected }) => {
        provider.answerWith(({ response }) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
        await expect(send(text('hello'))).resolves.toMatchObject(expected);
        expect(provider.bodies).toHaveLength(1);
      });

      it.each<[string, Answer]>([
        ['resets the connection after it has read the request', ({ request }) => request.socket.resetAndDestroy()],
        ['never answers', () => undefined],
        [
          'answers half',
          ({ response }) =>
            response.writeHead(200, { 'content-length': '999' }).write('{"mess', () => response.socket?.destroy()),
        ],
        [
          'answers with something that is not its language',
          ({ response }) => response.writeHead(502).end('<html>bad gateway</html>'),
        ],
        ['answers 200 without an id', ({ response }) => response.end('{}')],
      ])('does not know what became of a message when the provider %s', async (_name, answer) => {
        provider.answerWith(answer);
        const result = await send(text('a private matter'));
        expect(result.outcome).toBe('unknown');
        expect(JSON.stringify(result)).not.toContain('private');
        expect(provider.bodies).toHaveLength(1);
      });

      it('knows that nothing was sent when nobody listens', async () => {
        const gone = new Provider();
        const unreachable = contract.create(await gone.start());
        await gone.stop();
        const result = await unreachable.send({
          account: contract.account,
          to: contract.to,
          message: text('x'),
          effectRef: 'e',
          timeoutMs: TIMEOUT_MS,
        });
        expect(result).toMatchObject({ outcome: 'refused', failure: { kind: 'retryable', code: 'network' } });
      });

      it('refuses a contact that it has no name for', async () => {
        await expect(send(text('x'), { to: [] })).resolves.toMatchObject({ outcome: 'refused', failure: { kind: 'terminal' } });
        expect(provider.bodies).toEqual([]);
      });
    });

    describe('capabilities', () => {
      const accepts = async (message: OutboundMessage) => {
        await expect(send(message)).resolves.toMatchObject({ outcome: 'accepted' });
      };
      const refuses = async (message: OutboundMessage) => {
        await expect(send(message)).resolves.toMatchObject({
          outcome: 'refused',
          failure: { kind: 'terminal', code: expect.stringMatching(/^channel\.(invalid|unsupported)$/) },
        });
        expect(provider.bodies).toEqual([]);
      };

      it('hold for the longest text, and one more is refused before it is sent', async () => {
        const { max } = channel.capabilities.text;
        await accepts(text('x'.repeat(max)));
        provider.forget();
        await refuses(text('x'.repeat(max + 1)));
      });

      it('hold for the largest options of every form, and more is refused', async () => {
        for (const form of channel.capabilities.options) {
          await accepts(offer(form.max, form.title, form.description, 'x'.repeat(channel.capabilities.textWithOptions.max)));
        }
        provider.forget();
        const most = Math.max(...channel.capabilities.options.map(({ max }) => max));
        const longest = Math.max(...channel.capabilities.options.map(({ title }) => title));
        await refuses(offer(most + 1, 3, 0, 'x'));
        await refuses(offer(1, longest + 1, 0, 'x'));
        await refuses(offer(1, 3, 0, 'x'.repeat(channel.capabilities.textWithOptions.max + 1)));
      });

      it('hold for every kind of media', async () => {
        for (const type of ['image', 'video', 'audio', 'document', 'sticker'] as const) {
          provider.forget();
          const message: ContentMessage = { type: 'content', media: { type, url: 'https://example.com/file' } };
          await (channel.capabilities.media.includes(type) ? accepts(message) : refuses(message));
        }
      });

      it('hold for locations and templates', async () => {
        const location: ContentMessage = { type: 'content', location: { latitude: 1.5, longitude: -2 } };
        await (channel.capabilities.location ? accepts(location) : refuses(location));
        provider.forget();
        const template: OutboundMessage = { type: 'template', name: 'hello', language: 'en', category: 'utility', params: {} };
        await (channel.capabilities.templates ? accepts(template) : refuses(template));
      });

      it('hold for the title of a link', async () => {
        const { title } = channel.capabilities.link;
        const link = (length: number): ContentMessage => ({
          type: 'content',
          text: 'Read on',
          link: { title: 'x'.repeat(length), url: 'https://example.com' },
        });
        await accepts(link(title));
        provider.forget();
        await refuses(link(title + 1));
      });
    });
  });
}

function text(words: string): ContentMessage {
  return { type: 'content', text: words };
}

/** Options whose titles and descriptions have exactly these lengths. */
function offer(count: number, title: number, description: number, words: string): ContentMessage {
  const options = Array.from({ length: count }, (_, index) => ({
    id: `option-${index}`,
    title: String(index).padEnd(title, '-'),
    ...(description === 0 ? {} : { description: 'd'.repeat(description) }),
  }));
  return { type: 'content', text: words, options };
}

type Answer = (exchange: { request: IncomingMessage; response: ServerResponse }) => unknown;

/** A provider over real HTTP that answers as the test says. */
class Provider {
  /** Bodies of the requests since the last `answerWith` or `forget`. */
  bodies: string[] = [];
  private answer: Answer = ({ response }) => response.end();
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.bodies.push(Buffer.concat(chunks).toString());
      this.answer({ request, response });
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (typeof address !== 'object' || address === null) throw new Error('The provider listens on no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  answerWith(answer: Answer): void {
    this.answer = answer;
    this.forget();
  }

  forget(): void {
    this.bodies = [];
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }
}
