import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, ApiUnderTest, APP_SECRET, type TestTenant } from '../flow/api-under-test.js';

const MB = 1024 * 1024;

describe('the doors, against bodies that mean harm', () => {
  let api: ApiUnderTest;
  let tenant: TestTenant;
  let hook: string;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    tenant = await api.tenant('doors');
    const document = {
      dsl: '1.0',
      id: 'open',
      name: 'Open',
      triggers: [{ id: 'hook', type: 'webhook', auth: { type: 'none' } }],
      start: 'done',
      nodes: { done: { type: 'end', with: { status: 'completed' } } },
    };
    await api.ask('PUT', '/v1/workflows/open', { key: tenant.key, body: document });
    await api.ask('POST', '/v1/workflows/open/publish', { key: tenant.key });
    hook = (await api.ask('GET', '/v1/workflows/open/webhooks', { key: tenant.key })).json.items[0].path;
  });

  afterAll(async () => {
    await api.stop();
  });

  /** The three doors where JSON comes in: with a key, signed by the provider, and by a tenant's own address. */
  const doors: Record<string, (raw: string | Buffer, headers?: Record<string, string>) => Promise<Answer>> = {
    'with a key': (raw, headers) => api.ask('POST', '/v1/events', { key: tenant.key, raw, ...(headers ? { headers } : {}) }),
    'of the provider': (raw, headers) =>
      api.ask('POST', '/webhooks/whatsapp', {
        raw,
        headers: { 'x-hub-signature-256': `sha256=${createHmac('sha256', APP_SECRET).update(raw).digest('hex')}`, ...headers },
      }),
    'of a hook': (raw, headers) => api.ask('POST', hook, { raw, ...(headers ? { headers } : {}) }),
  };

  const bodies: Array<[string, () => string, number[]]> = [
    ['nested half a million levels deep', () => `{"name":"a","data":${'['.repeat(500_000)}`, [400]],
    ['nested 101 levels deep and valid', () => `{"name":"a","data":${'['.repeat(101)}${']'.repeat(101)}}`, [400]],
    ['with 300,000 values', () => `{"name":"a","data":[${'0,'.repeat(300_000)}0]}`, [400]],
    ['of 50 MB', () => `{"name":"a","data":"${'x'.repeat(50 * MB)}"}`, [413]],
  ];

  it.each(Object.keys(doors).flatMap((door) => bodies.map(([name, body, statuses]) => [door, name, body, statuses] as const)))(
    'S4: the door %s refuses a body %s at once',
    async (door, _name, body, statuses) => {
      const raw = body();
      const began = performance.now();
      const answer = await doors[door]?.(raw).catch((error: unknown) => {
        // The server may hang up on 50 MB before they are all sent: refused all the same.
        if (raw.length > 3 * MB) return { status: 413, text: '' };
        throw error;
      });
      expect(statuses).toContain(answer?.status);
      expect(performance.now() - began).toBeLessThan(10_000);
      expect((await api.ask('GET', '/livez')).status).toBe(200);
    },
  );

  it('S4: unpacks nothing, so that a small body cannot become a large one', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * MB, ' '));
    const before = process.memoryUsage().rss;
    const answer = await doors['with a key']?.(bomb, { 'content-encoding': 'gzip' });
    expect(answer?.status).toBe(415);
    expect(answer?.json.type).toBe('urn:workflows:problem:unsupported_media_type');
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MB);
  });

  it.each([
    [
      'a file upload',
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="a"; filename="/etc/passwd"\r\n\r\n{}\r\n--x--',
    ],
    ['JSON that says it is a form', 'application/x-www-form-urlencoded', '{"name":"a"}'],
    ['JSON that says it is XML', 'application/xml', '{"name":"a"}'],
    ['a form that says it is JSON', 'application/json', 'name=a&path=/etc/passwd'],
    ['JSON in no type', '', '{"name":"a"}'],
  ])('S5: refuses %s, and reads no file', async (_case, type, raw) => {
    const answer = await api.ask('POST', '/v1/events', { key: tenant.key, raw, headers: { 'content-type': type } });
    expect([400, 415]).toContain(answer.status);
    expect(answer.text).not.toContain('root:');
  });

  it.each([
    ['__proto__', '{"name":"a.b","data":{},"__proto__":{"polluted":true}}'],
    ['__proto__ further down', '{"name":"a.b","data":{"x":{"__proto__":{"polluted":true}}}}'],
    ['__proto__, escaped', '{"name":"a.b","data":{"\\u005f_proto__":{"polluted":true}}}'],
    ['constructor.prototype', '{"name":"a.b","data":{"constructor":{"prototype":{"polluted":true}}}}'],
  ])('S15: refuses the key %s with 400, and no prototype changes', async (_case, raw) => {
    expect((await api.ask('POST', '/v1/events', { key: tenant.key, raw })).status).toBe(400);
    const document = { key: tenant.key, raw: raw.replace('"name"', '"dsl":"1.0","id":"open","name"') };
    expect((await api.ask('PUT', '/v1/workflows/open', document)).status).toBe(400);
    expect((await doors['of a hook']?.(raw))?.status).toBe(202);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Reflect.get([], 'polluted')).toBeUndefined();
  });

  it('S22: makes an address wait that guesses the token of the subscription, whatever it asks next', async () => {
    const guess = (token: string) =>
      api.ask('GET', `/webhooks/whatsapp?hub.mode=subscribe&hub.challenge=1&hub.verify_token=${token}`);
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await guess(`guess-${n}`)).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(403));
    const refused = await guess('one-more');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('S22: a deployment with a limit of requests', () => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await ApiUnderTest.start({ REQUESTS_PER_SECOND: '20' });
  });

  afterAll(async () => {
    await api.stop();
  });

  it('S22: answers who asks ten times as often with 429 and when to come back, and everybody else as ever', async () => {
    const [busy, calm] = [await api.tenant('busy'), await api.tenant('calm')];
    const second = await api.key(busy.id, ['read']);
    const answers = await Promise.all(Array.from({ length: 200 }, () => api.ask('GET', '/v1/queues', { key: busy.key })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(100);
    for (const { json, headers } of refused) {
      expect(json.type).toBe('urn:workflows:problem:too_many_requests');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // From another address all of this were untouched; here the address has a share left of its own.
    expect((await api.ask('GET', '/v1/queues', { key: second })).status).toBe(200);
    expect((await api.ask('GET', '/v1/queues', { key: calm.key })).status).toBe(200);
  });
});
