import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, ApiUnderTest, APP_SECRET, OPERATOR_KEY, VERIFY_TOKEN, type TestTenant } from './api-under-test.js';

const ACCOUNT = '15550003333';

const sign = (bytes: string | Buffer, secret = APP_SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;

/** A body as Meta sends it: one text of one customer. */
function textBody(id: string, account = ACCOUNT): string {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550003333', phone_number_id: account },
    contacts: [{ profile: { name: 'Ana' }, wa_id: '5511987654321' }],
    messages: [{ from: '5511987654321', id, timestamp: '1772460000', type: 'text', text: { body: 'canary of a customer' } }],
  };
  return JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value }] }] });
}

describe('the webhook door', () => {
  let api: ApiUnderTest;
  let tenant: TestTenant;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    tenant = await api.tenant('hooked');
    await api.ask('POST', '/v1/connections', {
      key: tenant.key,
      body: { channel: 'whatsapp', name: 'line', account: ACCOUNT, secrets: { accessToken: 'EAAG' } },
    });
  });

  afterAll(async () => {
    await api.stop();
  });

  const post = (raw: string | Buffer, headers: Record<string, string> = { 'x-hub-signature-256': sign(raw) }): Promise<Answer> =>
    api.ask('POST', '/webhooks/whatsapp', { raw, headers });

  const stored = async (): Promise<number> => {
    const result = await api.test?.admin.query<{ count: string }>('select count(*) from workflows.mail');
    return Number(result?.rows[0]?.count);
  };

  it.each([
    ['a missing signature', (): Record<string, string> => ({})],
    ['an empty signature', () => ({ 'x-hub-signature-256': '' })],
    [
      'the signature of another secret',
      () => ({ 'x-hub-signature-256': sign(textBody('wamid.1'), 'another-secret-of-somebody') }),
    ],
    [
      'the signature of the re-serialised body',
      () => ({ 'x-hub-signature-256': sign(JSON.stringify(JSON.parse(textBody('wamid.1')), null, 1)) }),
    ],
    ['a signature without its prefix', () => ({ 'x-hub-signature-256': sign(textBody('wamid.1')).slice(7) })],
  ])('S1: refuses %s with 401 and stores nothing', async (_case, headers) => {
    const answer = await post(textBody('wamid.1'), headers());
    expect([answer.status, answer.json.type]).toEqual([401, 'urn:workflows:problem:signature']);
    expect(await stored()).toBe(0);
  });

  it('S1: does not look at a body that is not signed, not even to call it invalid', async () => {
    expect((await post('{ no json', {})).status).toBe(401);
    expect((await post('{ no json')).status).toBe(400);
    expect(await stored()).toBe(0);
  });

  it('S4: refuses a body over 3 MB before it looks for a signature', async () => {
    const answer = await post(Buffer.alloc(3 * 1024 * 1024 + 1, 'x'), {});
    expect([answer.status, answer.json.type]).toEqual([413, 'urn:workflows:problem:too_large']);
  });

  it('accepts a number that nobody here has, counts it, and stores nothing', async () => {
    const answer = await post(textBody('wamid.2', '99999999999'));
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(await stored()).toBe(0);
    const { text } = await api.ask('GET', '/v1/metrics', { key: OPERATOR_KEY });
    expect(text).toContain('workflows_webhook_events_total{channel="whatsapp",outcome="unknown_account"} 1');
  });

  it('S3: stores a message once, however often it comes', async () => {
    const body = textBody('wamid.3');
    for (let time = 0; time < 3; time += 1) {
      const answer = await post(body);
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
    expect(await stored()).toBe(1);
  });

  it('shows the conversation to its tenant', async () => {
    const { json } = await api.ask('GET', '/v1/conversations', { key: tenant.key });
    expect(json.items).toHaveLength(1);
    expect(json.items[0]).toMatchObject({ channel: 'whatsapp', contactName: 'Ana' });
    const messages = await api.ask('GET', `/v1/conversations/${json.items[0].id}/messages`, { key: tenant.key });
    expect(messages.json).toMatchObject({ nextCursor: null });
    expect(messages.json.items).toHaveLength(1);
    expect(messages.json.items[0]).toMatchObject({ direction: 'inbound', message: { text: 'canary of a customer' } });
  });

  it('answers the handshake in plain text, and only to who knows the token', async () => {
    const path = (token: string): string => `/webhooks/whatsapp?hub.mode=subscribe&hub.challenge=12345&hub.verify_token=${token}`;
    const answer = await api.ask('GET', path(VERIFY_TOKEN));
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([200, '12345', 'text/plain; charset=utf-8']);
    const refused = await api.ask('GET', path('guess'));
    expect(refused.status).toBe(403);
    expect(refused.text).not.toContain('guess');
  });

  it('knows no other channel', async () => {
    expect((await api.ask('POST', '/webhooks/carrier-pigeon', { raw: '{}' })).status).toBe(404);
    expect((await api.ask('POST', '/hooks/0193a1f2-7c1e-4000-8000-000000000001', { raw: '{}' })).status).toBe(404);
  });
});

describe("a tenant's own webhook", () => {
  let api: ApiUnderTest;
  let key: string;
  let path: string;

  const hooked = (auth: object) => ({
    dsl: '1.0',
    id: 'order-hook',
    name: 'Order hook',
    triggers: [
      {
        id: 'shop',
        type: 'webhook',
        auth,
        body: { type: 'object', properties: { order: { type: 'integer' } }, required: ['order'] },
        idempotencyKey: 'order-{{ event.body.order }}',
      },
    ],
    start: 'bye',
    nodes: { bye: { type: 'end', with: { output: { order: '{{ event.body.order }}' } } } },
  });

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    key = (await api.tenant('shop')).key;
    await api.ask('PUT', '/v1/workflows/order-hook', { key, body: hooked({ type: 'none' }) });
    await api.ask('POST', '/v1/workflows/order-hook/publish', { key });
    path = (await api.ask('GET', '/v1/workflows/order-hook/webhooks', { key })).json.items[0].path;
  });

  afterAll(async () => {
    await api.stop();
  });

  it('S3: starts one run per event, by the key that the trigger computes', async () => {
    const first = await api.ask('POST', path, { body: { order: 42 } });
    expect([first.status, first.json.repeated]).toEqual([202, false]);
    expect((await api.ask('POST', path, { body: { order: 42 } })).json).toEqual({
      executionId: first.json.executionId,
      repeated: true,
    });
    expect((await api.ask('POST', path, { body: { order: 43 } })).json.repeated).toBe(false);
    expect((await api.ask('GET', `/v1/executions/${first.json.executionId}`, { key })).json).toMatchObject({
      status: 'queued',
      workflowId: 'order-hook',
    });
  });

  it('refuses a body that does not fit, one that is no JSON, and another method', async () => {
    const unfit = await api.ask('POST', path, { body: { order: 'many' } });
    expect([unfit.status, unfit.json.errors[0].path]).toEqual([422, '/body/order']);
    expect((await api.ask('POST', path, { raw: '{ no json' })).status).toBe(400);
    const method = await api.ask('PUT', path, { body: { order: 44 } });
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('stays as it was published when a draft names a secret that nobody has set', async () => {
    await api.ask('PUT', '/v1/workflows/order-hook', {
      key,
      body: hooked({ type: 'hmac', secret: 'shop', header: 'x-signature' }),
    });
    expect((await api.ask('POST', '/v1/workflows/order-hook/publish', { key })).status).toBe(422);
    expect((await api.ask('POST', path, { body: { order: 45 } })).status).toBe(202);
  });
});

describe('without its database', () => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    // Port 1 is reserved and refuses at once.
    api = await ApiUnderTest.over(null, { DATABASE_URL: 'postgres://engine:secret@127.0.0.1:1/workflows' });
  });

  afterAll(async () => {
    await api.stop();
  });

  it('asks Meta to come back', async () => {
    const raw = textBody('wamid.4');
    const answer = await api.ask('POST', '/webhooks/whatsapp', { raw, headers: { 'x-hub-signature-256': sign(raw) } });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect(answer.json.type).toBe('urn:workflows:problem:unavailable');
    expect(answer.text).not.toContain('127.0.0.1');
  });

  it('asks callers to come back, and lets nobody in', async () => {
    const key = `wf_aaaaaaaaaa_${'a'.repeat(43)}`;
    expect((await api.ask('GET', '/v1/workflows', { key })).status).toBe(503);
  });

  it('is alive and not ready', async () => {
    expect((await api.ask('GET', '/livez')).status).toBe(200);
    const { status, json } = await api.ask('GET', '/readyz');
    expect(status).toBe(503);
    expect(Object.keys(json.waitingFor).sort()).toEqual(['database', 'queue']);
  });
});
