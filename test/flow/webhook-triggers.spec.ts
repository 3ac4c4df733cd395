import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmulatorClient, EmulatorServer } from '@workflows/emulator';
import { type Answer, ApiUnderTest, APP_SECRET, type TestTenant, VERIFY_TOKEN } from './api-under-test.js';
import { eventually } from '../support/deployment.js';

const SECRET = 'the-secret-of-the-shop';
const sign = (bytes: string, secret = SECRET): string => createHmac('sha256', secret).update(bytes).digest('hex');

/** A workflow with one webhook trigger; unless `nodes` say otherwise it gives back what it was sent. */
const hooked = (id: string, trigger: object, nodes: object = { bye: { type: 'end', with: { output: '{{ event.body }}' } } }) => ({
  dsl: '1.0',
  id,
  name: id,
  triggers: [{ id: 'hook', type: 'webhook', auth: { type: 'none' }, ...trigger }],
  start: Object.keys(nodes)[0],
  nodes,
});

const sync = (timeout: string) => ({ response: { mode: 'sync', timeout } });

/** What a tenant does with its workflows and secrets. */
class Author {
  constructor(
    private readonly api: ApiUnderTest,
    readonly tenant: TestTenant,
  ) {}

  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.api.ask(method, path, { key: this.tenant.key, ...(body === undefined ? {} : { body }) });
  }

  setSecret(name: string, value = SECRET): Promise<Answer> {
    return this.ask('PUT', `/v1/secrets/${name}`, { value });
  }

  async publish(document: { id: string }): Promise<Answer> {
    await this.ask('PUT', `/v1/workflows/${document.id}`, document);
    return this.ask('POST', `/v1/workflows/${document.id}/publish`);
  }

  /** Publishes, and gives the address of the trigger. */
  async open(document: { id: string }): Promise<string> {
    const published = await this.publish(document);
    if (published.status !== 201) throw new Error(`Not published: ${published.text}`);
    return (await this.ask('GET', `/v1/workflows/${document.id}/webhooks`)).json.items[0].path;
  }
}

describe('the webhook triggers of a tenant', () => {
  const emulatorServer = new EmulatorServer();
  let emulator: EmulatorClient;
  let api: ApiUnderTest;
  let shop: Author;
  let other: Author;

  beforeAll(async () => {
    const url = await emulatorServer.start({ port: 0 });
    emulator = new EmulatorClient(url);
    api = await ApiUnderTest.start({ ROLE: 'all', SWEEP_INTERVAL: 'PT0.2S', META_GRAPH_URL: url });
    shop = new Author(api, await api.tenant('shop'));
    other = new Author(api, await api.tenant('other'));
  });

  afterAll(async () => {
    await api.stop();
    await emulatorServer.stop();
  });

  const send = (path: string, raw: string, headers: Record<string, string> = {}): Promise<Answer> =>
    api.ask('POST', path, { raw, headers });

  describe('secrets', () => {
    it('S18: go in and never come out, neither to their tenant nor into the database in clear', async () => {
      const made = await shop.setSecret('kept');
      expect([made.status, made.json]).toEqual([
        200,
        { name: 'kept', createdAt: expect.any(String), updatedAt: expect.any(String) },
      ]);
      const listed = await shop.ask('GET', '/v1/secrets');
      expect(listed.json.items).toEqual([made.json]);
      const rows = await api.test?.admin.query<{ sealed: string }>('select sealed from workflows.secrets');
      expect(rows?.rows.map(({ sealed }) => sealed)).toEqual([expect.stringMatching(/^v1\./)]);
      expect(`${made.text}${listed.text}${JSON.stringify(rows?.rows)}`).not.toContain(SECRET);
    });

    it.each([
      ['a short value', 'kept', 'short'],
      ['a value with a line break at its end', 'kept', `${SECRET}\n`],
      ['a name with capitals', 'Kept', SECRET],
    ])('are refused with %s, which the answer does not repeat', async (_case, name, value) => {
      const answer = await shop.setSecret(name, value);
      expect(answer.status).toBe(400);
      expect(answer.json.errors?.[0].hint ?? answer.json.detail).toMatch(/^Send one line|Use up to 63/);
      expect(answer.text).not.toContain(value.trim());
    });

    it('are set and deleted by administrators only, and listed by readers', async () => {
      const key = await api.key(shop.tenant.id, ['read', 'write']);
      const statuses = await Promise.all([
        api.ask('PUT', '/v1/secrets/kept', { key, body: { value: SECRET } }),
        api.ask('DELETE', '/v1/secrets/kept', { key }),
        api.ask('GET', '/v1/secrets', { key }),
      ]);
      expect(statuses.map(({ status }) => status)).toEqual([403, 403, 200]);
    });

    it('S7: of one tenant are neither seen, deleted nor used by another', async () => {
      expect((await other.ask('GET', '/v1/secrets')).json.items).toEqual([]);
      expect((await other.ask('DELETE', '/v1/secrets/kept')).status).toBe(404);
      const published = await other.publish(hooked('borrowed', { auth: { type: 'token', secret: 'kept', header: 'x-token' } }));
      expect([published.status, published.json.errors[0].code]).toEqual([422, 'ref.resource']);
      expect((await shop.ask('GET', '/v1/secrets')).json.items).toHaveLength(1);
    });
  });

  describe('that prove their sender', () => {
    const hmac = { type: 'hmac', secret: 'shop-hmac', header: 'X-Signature', prefix: 'sha256=' };
    // Spaces that a parser would lose: what is signed is bytes.
    const body = '{ "order" :  42 }';

    it('S2: are refused at publish while the secret is missing, by name and place', async () => {
      const refused = await shop.publish(hooked('signed', { auth: hmac }));
      expect(refused.status).toBe(422);
      expect(refused.json.errors.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([
        expect.objectContaining({
          code: 'ref.resource',
          path: '/triggers/0/auth/secret',
          message: "The tenant has no secret 'shop-hmac'.",
        }),
      ]);
    });

    it('S1: let in who signed exactly these bytes, and nobody else', async () => {
      await shop.setSecret('shop-hmac');
      const path = await shop.open(hooked('signed', { auth: hmac, ...sync('PT20S') }));
      const signed = await send(path, body, { 'x-signature': `sha256=${sign(body)}` });
      expect([signed.status, signed.json]).toEqual([200, { order: 42 }]);
      const refused = await Promise.all([
        send(path, body.replace('42', '43'), { 'x-signature': `sha256=${sign(body)}` }),
        send(path, JSON.stringify(JSON.parse(body)), { 'x-signature': `sha256=${sign(body)}` }),
        send(path, body, { 'x-signature': `sha256=${sign(body, 'the-secret-of-nobody')}` }),
        send(path, body),
      ]);
      expect(refused.map(({ status, json }) => [status, json.type])).toEqual(
        Array(4).fill([401, 'urn:workflows:problem:signature']),
      );
      expect(refused.map(({ text }) => text).join()).not.toContain(SECRET);
    });

    it('take a signed timestamp that is recent, and refuse an old one or one that was changed', async () => {
      const auth = { ...hmac, timestampHeader: 'x-timestamp', tolerance: 'PT1M' };
      const path = await shop.open(hooked('stamped', { auth }));
      const stamped = (agoSeconds: number, shown?: number): Promise<Answer> => {
        const at = Math.round(Date.now() / 1000) - agoSeconds;
        return send(path, body, { 'x-timestamp': String(shown ?? at), 'x-signature': `sha256=${sign(`${at}.${body}`)}` });
      };
      const answers = [
        await stamped(0),
        await stamped(50),
        await stamped(70),
        await stamped(-70),
        await stamped(3600, Math.round(Date.now() / 1000)),
      ];
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 401, 401, 401]);
      expect((await send(path, body, { 'x-signature': `sha256=${sign(body)}` })).status).toBe(401);
    });

    it('take a token, and keep it out of the run', async () => {
      await shop.setSecret('shop-token');
      const echo = { bye: { type: 'end', with: { output: '{{ event.headers }}' } } };
      const path = await shop.open(
        hooked('token', { auth: { type: 'token', secret: 'shop-token', header: 'X-Token' }, ...sync('PT20S') }, echo),
      );
      const answer = await send(path, '{}', { 'x-token': SECRET, 'x-other': 'seen' });
      expect([answer.status, answer.json['x-other']]).toEqual([200, 'seen']);
      expect(answer.text).not.toContain(SECRET);
      expect((await send(path, '{}', { 'x-token': `${SECRET}!` })).status).toBe(401);
      const rows = await api.test?.admin.query("select from workflows.mail where body::text like '%' || $1 || '%'", [SECRET]);
      expect(rows?.rowCount).toBe(0);
    });

    it('S2: know a replaced secret at once, and shut the door within seconds of its deletion', async () => {
      await shop.setSecret('rotated');
      const path = await shop.open(hooked('rotated', { auth: { type: 'token', secret: 'rotated', header: 'x-token' } }));
      expect((await send(path, '{}', { 'x-token': SECRET })).status).toBe(202);
      await shop.setSecret('rotated', 'another-secret-of-the-shop');
      expect((await send(path, '{}', { 'x-token': 'another-secret-of-the-shop' })).status).toBe(202);
      expect((await shop.ask('DELETE', '/v1/secrets/rotated')).status).toBe(204);
      const shut = await eventually(
        () => send(path, '{}', { 'x-token': 'another-secret-of-the-shop' }),
        ({ status }) => status !== 202,
        6_000,
      );
      expect([shut.status, shut.json.type]).toEqual([503, 'urn:workflows:problem:secret_missing']);
      expect((await shop.ask('DELETE', '/v1/secrets/rotated')).status).toBe(404);
    });
  });

  describe('that answer with the end of their run', () => {
    it('give its output as JSON, whatever it is, and name the run in a header', async () => {
      const path = await shop.open(hooked('echo', sync('PT20S')));
      for (const body of [{ order: 42 }, ['a', 1], 'a text', 7]) {
        const answer = await send(path, JSON.stringify(body));
        expect([answer.status, JSON.parse(answer.text)]).toEqual([200, body]);
        const run = await shop.ask('GET', `/v1/executions/${answer.headers.get('execution-id')}`);
        expect(run.json).toMatchObject({ status: 'completed', workflowId: 'echo' });
      }
      const silent = await send(await shop.open(hooked('silent', sync('PT20S'), { bye: { type: 'end' } })), '{}');
      expect([silent.status, silent.text]).toEqual([200, 'null']);
    });

    it('answer 202 with the run when it goes on longer', async () => {
      const nodes = { nap: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'bye' }, bye: { type: 'end' } };
      const path = await shop.open(hooked('slow', sync('PT0.5S'), nodes));
      const answer = await send(path, '{}');
      expect([answer.status, answer.json.repeated]).toEqual([202, false]);
      expect((await shop.ask('GET', `/v1/executions/${answer.json.executionId}`)).json.status).toBe('waiting');
    });

    it('answer 500 with the code of the error when it failed, and without its words', async () => {
      const nodes = { bye: { type: 'end', with: { output: '{{ int(event.body.count) }}' } } };
      const path = await shop.open(hooked('failing', sync('PT20S'), nodes));
      const answer = await send(path, '{ "count": "words of a customer" }');
      expect([answer.status, answer.json.type]).toEqual([500, 'urn:workflows:problem:execution_failed']);
      expect(answer.json.errors).toEqual([expect.objectContaining({ code: 'expr.failed' })]);
      expect(answer.text).not.toContain('words of a customer');
    });

    it('answer a repeat with the run that the first event started', async () => {
      const path = await shop.open(hooked('once', { ...sync('PT20S'), idempotencyKey: '{{ event.body.id }}' }));
      const first = await send(path, '{ "id": "a", "try": 1 }');
      const again = await send(path, '{ "id": "a", "try": 2 }');
      expect([again.status, again.json]).toEqual([200, { id: 'a', try: 1 }]);
      expect(again.headers.get('execution-id')).toBe(first.headers.get('execution-id'));
      expect((await send(path, '{ "id": "b", "try": 1 }')).headers.get('execution-id')).not.toBe(
        first.headers.get('execution-id'),
      );
    });

    it('refuse an event that their expressions cannot read, and take an empty key for none', async () => {
      const path = await shop.open(hooked('keyed', { ...sync('PT20S'), idempotencyKey: '{{ event.body.id }}' }));
      const unreadable = await send(path, '{ "text": "words of a customer" }');
      expect([unreadable.status, unreadable.json.errors[0].code]).toEqual([422, 'expr.failed']);
      expect(unreadable.text).not.toContain('words of a customer');
      const [one, two] = [await send(path, '{ "id": "", "n": 1 }'), await send(path, '{ "id": "", "n": 2 }')];
      expect([one.json.n, two.json.n]).toEqual([1, 2]);
    });

    it('wait 30 s at most: longer is a problem at publish', async () => {
      const refused = await shop.publish(hooked('patient', sync('PT31S')));
      expect([refused.status, refused.json.errors[0].path]).toEqual([422, '/triggers/0/response/timeout']);
    });
  });

  describe('that bind a contact', () => {
    const told = {
      bye: {
        type: 'end',
        with: { output: { contact: '{{ contact.id }}', name: '{{ contact.name }}', conversation: '{{ conversation.id }}' } },
      },
    };
    const bound = (id: string, contact: object) =>
      hooked(id, { ...sync('PT20S'), contact: { connection: 'line', ...contact } }, told);

    beforeAll(async () => {
      await shop.ask('POST', '/v1/connections', {
        channel: 'whatsapp',
        name: 'line',
        account: '15550007777',
        secrets: { accessToken: 'EAAG' },
      });
    });

    it('start a conversation with whom the event names, and meet the same contact again by address or id', async () => {
      const byAddress = await shop.open(
        bound('by-address', { address: '+{{ event.body.phone }}', name: '{{ event.body.name }}' }),
      );
      const first = await send(byAddress, '{ "phone": "5511987654321", "name": "Ana" }');
      expect([first.status, first.json.name]).toEqual([200, 'Ana']);
      const { json } = await shop.ask('GET', '/v1/conversations');
      expect(json.items).toEqual([
        expect.objectContaining({
          id: first.json.conversation,
          contactId: first.json.contact,
          contactName: 'Ana',
          channel: 'whatsapp',
        }),
      ]);
      const run = await shop.ask('GET', `/v1/executions/${first.headers.get('execution-id')}`);
      expect(run.json).toMatchObject({ contactId: first.json.contact, conversationId: first.json.conversation });

      expect((await send(byAddress, '{ "phone": "5511987654321", "name": "Anna" }')).json).toEqual(first.json);
      const byId = await shop.open(bound('by-id', { id: '{{ event.body.contact }}' }));
      expect((await send(byId, JSON.stringify({ contact: first.json.contact }))).json).toEqual(first.json);
    });

    it('reach the contact with what their runs send', async () => {
      await emulator.registerNumber('15550007777', {
        accessToken: 'EAAG',
        appSecret: APP_SECRET,
        verifyToken: VERIFY_TOKEN,
        callbackUrl: `${api.url}/webhooks/whatsapp`,
      });
      await emulator.registerTemplate({
        name: 'order_shipped',
        language: 'en',
        category: 'utility',
        body: 'Hi {{name}}, it is on its way.',
      });
      const nodes = {
        tell: {
          type: 'message.template',
          with: { name: 'order_shipped', language: 'en', category: 'utility', params: { name: '{{ event.body.name }}' } },
          next: 'bye',
        },
        bye: { type: 'end' },
      };
      const contact = { connection: 'line', address: '+{{ event.body.phone }}' };
      const path = await shop.open(hooked('shipped', { contact }, nodes));
      expect((await send(path, '{ "phone": "5511912345678", "name": "Bia" }')).status).toBe(202);
      const messages = await emulator.messages({ waId: '5511912345678', waitMs: 10_000 });
      expect(messages).toEqual([expect.objectContaining({ text: 'Hi Bia, it is on its way.' })]);
    });

    it('refuse an event that names nobody, without repeating what it says', async () => {
      const byAddress = await shop.open(bound('by-address', { address: '{{ event.body.phone }}' }));
      const byId = await shop.open(bound('by-id', { id: '{{ event.body.contact }}' }));
      const stranger = '0193a1f2-7c1e-4000-8000-000000000001';
      const refused = [
        await send(byAddress, '{ "phone": "not a number" }'),
        await send(byId, JSON.stringify({ contact: stranger })),
        await send(byId, '{ "contact": "x y z" }'),
      ];
      expect(refused.map(({ status, json }) => [status, json.errors[0].path])).toEqual([
        [422, '/contact/address'],
        [422, '/contact/id'],
        [422, '/contact/id'],
      ]);
      expect(refused.map(({ text }) => text).join()).not.toMatch(/not a number|0193a1f2-7c1e|x y z/);
    });

    it('refuse the contact of another tenant', async () => {
      const { json } = await shop.ask('GET', '/v1/conversations');
      await other.ask('POST', '/v1/connections', {
        channel: 'whatsapp',
        name: 'line',
        account: '15550008888',
        secrets: { accessToken: 'EAAG' },
      });
      const byId = await other.open(bound('by-id', { id: '{{ event.body.contact }}' }));
      expect((await send(byId, JSON.stringify({ contact: json.items[0].contactId }))).status).toBe(422);
    });
  });
});

describe('a door whose runs are advanced by another process', () => {
  let door: ApiUnderTest;
  let worker: ApiUnderTest;

  beforeAll(async () => {
    const SECRETS_KEY = randomBytes(32).toString('base64');
    door = await ApiUnderTest.start({ SECRETS_KEY });
    worker = await ApiUnderTest.over(null, {
      ROLE: 'worker',
      DATABASE_URL: door.test?.appUrl ?? '',
      SECRETS_KEY,
      SWEEP_INTERVAL: 'PT0.2S',
    });
  });

  afterAll(async () => {
    await worker.stop();
    await door.stop();
  });

  it('answers with the output all the same', async () => {
    const author = new Author(door, await door.tenant('shop'));
    const path = await author.open(hooked('echo', sync('PT20S')));
    const answer = await door.ask('POST', path, { raw: '{ "order": 42 }' });
    expect([answer.status, answer.json]).toEqual([200, { order: 42 }]);
  });

  it('lets its callers go with 202 when it is told to stop', async () => {
    const author = new Author(door, await door.tenant('leaving'));
    const nodes = { nap: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'bye' }, bye: { type: 'end' } };
    const path = await author.open(hooked('slow', sync('PT30S'), nodes));
    const leaving = await ApiUnderTest.over(null, { DATABASE_URL: door.test?.appUrl ?? '' });
    const [answer] = await Promise.all([
      leaving.ask('POST', path, { raw: '{}' }),
      eventually(
        () => author.ask('GET', '/v1/executions'),
        ({ json }) => json.items.length === 1,
      ).finally(() => leaving.stop()),
    ]);
    expect([answer.status, answer.json.repeated]).toEqual([202, false]);
  });
});
