import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { eventually } from '../support/deployment.js';
import { ApiUnderTest, type TestTenant } from './api-under-test.js';

interface Seen {
  url: string;
  headers: IncomingHttpHeaders;
}

/** A service that remembers what it was asked, echoes it, and sends on what asks for /away or /home. */
class Service {
  readonly seen: Seen[] = [];
  private readonly server: Server = createServer((request, response) => {
    request.resume();
    const { url = '', headers } = request;
    this.seen.push({ url, headers });
    const to = url.startsWith('/away') ? `${this.other}/landed` : url.startsWith('/home') ? '/landed' : null;
    if (to !== null) response.writeHead(307, { location: to }).end();
    else
      response
        .writeHead(200, { 'content-type': 'application/json', 'x-echo': headers.authorization ?? '' })
        .end(JSON.stringify({ url, headers }));
  });
  private other = '';

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The service has no port.');
    return `127.0.0.1:${address.port}`;
  }

  sendAwayTo(other: string): void {
    this.other = other;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

const SECRET = 'sk-very-secret-1234567890';
const [crm, stranger] = [new Service(), new Service()];
let [crmHost, strangerHost] = ['', ''];
let api: ApiUnderTest;
let tenant: TestTenant;
let runs = 0;

beforeAll(async () => {
  crmHost = await crm.start();
  strangerHost = await stranger.start();
  crm.sendAwayTo(`http://${strangerHost}`);
  api = await ApiUnderTest.start({ ROLE: 'all', EGRESS_ALLOW_PRIVATE: `${crmHost},${strangerHost}` });
  tenant = await api.tenant('credentials');
}, 60_000);
afterAll(async () => {
  await api.stop();
  await crm.stop();
  await stranger.stop();
}, 30_000);
beforeEach(() => {
  crm.seen.length = 0;
  stranger.seen.length = 0;
});

const ask = (method: string, path: string, body?: unknown) =>
  api.ask(method, `/v1${path}`, { key: tenant.key, ...(body === undefined ? {} : { body }) });

const put = (name: string, body: JsonObject) => ask('PUT', `/credentials/${name}`, { hosts: [crmHost], secret: SECRET, ...body });

/** A run that calls once with the credential; what it ended with, and everything that REST says of it. */
async function call(url: string, credential = 'crm') {
  runs += 1;
  const workflow = `call-${runs}`;
  await ask('PUT', `/workflows/${workflow}`, {
    dsl: '1.0',
    id: workflow,
    name: 'Call',
    triggers: [{ id: 'api', type: 'call', contact: false }],
    start: 'ask',
    nodes: {
      ask: { type: 'http.request', with: { method: 'GET', url, credential }, next: 'done', retry: { maxAttempts: 1 } },
      done: { type: 'end', with: { status: 'completed', output: '{{ steps.ask }}' } },
    },
  });
  const published = await ask('POST', `/workflows/${workflow}/publish`, {});
  if (published.status !== 201) return { published, execution: null, said: published.text };
  const { json } = await ask('POST', '/executions', { workflow, input: {} });
  const path = `/executions/${json.executionId}`;
  const ended = await eventually(
    () => ask('GET', path),
    ({ json: execution }) => ['completed', 'failed'].includes(execution.status),
  );
  const others = await Promise.all([ask('GET', `${path}/timeline`), ask('GET', `${path}/history`)]);
  const stored = await api.test?.admin.query(
    'select f.effect::text, f.result::text, e.state::text, v.events::text from workflows.executions e' +
      ' join workflows.effects f on f.execution_id = e.id join workflows.execution_events v on v.execution_id = e.id where e.id = $1',
    [json.executionId],
  );
  return {
    published,
    execution: ended.json,
    said: [ended.text, ...others.map(({ text }) => text), JSON.stringify(stored?.rows)].join('\n'),
  };
}

describe('a credential over REST', () => {
  it('S18: shows its type and hosts, and never its secret', async () => {
    expect(await put('shown', { type: 'basic', username: 'bot' })).toMatchObject({
      status: 200,
      json: { name: 'shown', type: 'basic', hosts: [crmHost], settings: { username: 'bot' } },
    });
    expect((await ask('GET', '/credentials')).text).not.toContain(SECRET);
    expect(await ask('DELETE', '/credentials/shown')).toMatchObject({ status: 204 });
    expect(await ask('DELETE', '/credentials/shown')).toMatchObject({ status: 404 });
  });

  it.each<[string, JsonObject, string]>([
    ['no host', { type: 'bearer', hosts: [] }, '/hosts'],
    ['a host with its protocol', { type: 'bearer', hosts: ['https://a.example'] }, '/hosts'],
    ['a header that it does not name', { type: 'header' }, '/header'],
    ['a header of the connection', { type: 'header', header: 'Host' }, '/header'],
    ['a user that it has no use for', { type: 'bearer', username: 'bot' }, '/username'],
    ['a secret of two lines', { type: 'bearer', secret: 'line-one\r\nx-evil: 1' }, '/secret'],
  ])('refuses %s, and repeats no secret', async (_what, body, path) => {
    const refused = await put('refused', body);
    expect(refused).toMatchObject({
      status: 400,
      json: { errors: [expect.objectContaining({ path: expect.stringContaining(path) })] },
    });
    expect(refused.text).not.toMatch(/line-one|sk-very/);
  });
});

describe('a call with a credential', () => {
  it.each<[string, JsonObject, (seen: Seen | undefined) => unknown, string]>([
    ['bearer', { type: 'bearer' }, (seen) => seen?.headers.authorization, `Bearer ${SECRET}`],
    ['header', { type: 'header', header: 'X-Crm-Key' }, (seen) => seen?.headers['x-crm-key'], SECRET],
    [
      'basic',
      { type: 'basic', username: 'bot' },
      (seen) => seen?.headers.authorization,
      `Basic ${Buffer.from(`bot:${SECRET}`).toString('base64')}`,
    ],
    ['query', { type: 'query', parameter: 'key' }, (seen) => seen?.url, `/leads?page=1&key=${SECRET}`],
  ])(
    'sends %s to its host, and nothing that is kept knows the secret',
    async (_type, body, sent, expected) => {
      await put('crm', body);
      const { execution, said } = await call(`http://${crmHost}/leads?page=1`);
      expect(execution).toMatchObject({ status: 'completed', output: { status: 200 } });
      expect(sent(crm.seen[0])).toBe(expected);
      // The service echoes everything it was sent: not even that may enter the history.
      expect(said).toContain('[redacted]');
      expect(said).not.toContain(SECRET);
      expect(said).not.toContain(Buffer.from(`bot:${SECRET}`).toString('base64'));
    },
    30_000,
  );

  it('S8: does not reach any other host', async () => {
    await put('crm', { type: 'bearer' });
    const { execution, said } = await call(`http://${strangerHost}/leads`);
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'http.blocked' } });
    expect(stranger.seen).toEqual([]);
    expect(said).not.toContain(SECRET);
  }, 30_000);

  it.each<[string, JsonObject]>([
    ['a bearer token', { type: 'bearer' }],
    ['a header that no rule knows as secret', { type: 'header', header: 'X-Crm' }],
    ['a parameter', { type: 'query', parameter: 'key' }],
  ])(
    'does not take %s along to where it is sent on',
    async (_what, body) => {
      await put('crm', body);
      const { execution } = await call(`http://${crmHost}/away`);
      expect(execution).toMatchObject({ status: 'completed' });
      expect(JSON.stringify(crm.seen)).toContain(SECRET);
      expect(stranger.seen).toHaveLength(1);
      expect(JSON.stringify(stranger.seen)).not.toContain(SECRET);
    },
    30_000,
  );

  it('takes it along on its own host', async () => {
    await put('crm', { type: 'bearer' });
    await call(`http://${crmHost}/home`);
    expect(crm.seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/home', `Bearer ${SECRET}`],
      ['/landed', `Bearer ${SECRET}`],
    ]);
  }, 30_000);

  it('uses the secret of this moment, and fails by name when there is none', async () => {
    await put('gone', { type: 'bearer' });
    await put('gone', { type: 'bearer', secret: 'another-secret' });
    await call(`http://${crmHost}/leads`, 'gone');
    expect(crm.seen[0]?.headers.authorization).toBe('Bearer another-secret');
    await ask('DELETE', '/credentials/gone');
    const { published } = await call(`http://${crmHost}/leads`, 'gone');
    expect(published).toMatchObject({
      status: 422,
      json: { errors: [expect.objectContaining({ code: 'ref.resource', path: '/nodes/ask/with/credential' })] },
    });
    const { json } = await ask('POST', '/executions', { workflow: `call-${runs - 1}`, input: {} });
    const failed = await eventually(
      () => ask('GET', `/executions/${json.executionId}`),
      ({ json: execution }) => execution.status === 'failed',
    );
    expect(failed.json.error).toMatchObject({ code: 'resource.missing' });
  }, 30_000);
});
