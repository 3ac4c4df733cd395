import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest, OPERATOR_KEY, type TestTenant } from './api-under-test.js';

const greeting = (id: string): Record<string, unknown> => ({
  dsl: '1.0',
  id,
  name: 'Greeting',
  triggers: [
    {
      id: 'api',
      type: 'call',
      contact: false,
      input: { type: 'object', properties: { name: { type: 'string', minLength: 1 } }, required: ['name'] },
    },
  ],
  start: 'bye',
  nodes: { bye: { type: 'end', with: { output: { said: 'Hello {{ event.input.name }}' } } } },
});

describe('workflows and runs over REST', () => {
  let api: ApiUnderTest;
  let tenant: TestTenant;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    tenant = await api.tenant('author');
  });

  afterAll(async () => {
    await api.stop();
  });

  const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    api.ask(method, path, { key: tenant.key, body, headers });

  it('saves, checks and publishes a draft, and keeps every version', async () => {
    expect((await ask('PUT', '/v1/workflows/greeting', greeting('greeting'))).json).toMatchObject({
      id: 'greeting',
      publishedVersion: null,
    });
    expect((await ask('POST', '/v1/workflows/greeting/validate')).json).toEqual({ valid: true, problems: [] });
    const first = await ask('POST', '/v1/workflows/greeting/publish');
    expect([first.status, first.json.version]).toEqual([201, 1]);
    expect((await ask('POST', '/v1/workflows/greeting/publish')).status).toBe(409);
    await ask('PUT', '/v1/workflows/greeting', { ...greeting('greeting'), name: 'Warm greeting' });
    expect((await ask('POST', '/v1/workflows/greeting/publish')).json.version).toBe(2);
    const { json } = await ask('GET', '/v1/workflows/greeting/versions');
    expect(json.items.map((item: { version: number }) => item.version)).toEqual([2, 1]);
    expect(json.items[0].definition).toBeUndefined();
    expect((await ask('GET', '/v1/workflows/greeting/versions/1')).json.definition.name).toBe('Greeting');
    expect((await ask('GET', '/v1/workflows/greeting/versions/3')).status).toBe(404);
    expect((await ask('GET', '/v1/workflows/greeting')).json).toMatchObject({ draft: null, publishedVersion: 2 });
  });

  it('refuses to publish ten mistakes with ten problems', async () => {
    const mistaken = {
      dsl: '1.0',
      id: 'mistaken',
      name: 'Mistaken',
      colour: 'red', // 1: an unknown field
      triggers: [{ id: 'api', type: 'telepathy' }], // 2: an unknown trigger
      start: 'ask',
      nodes: {
        ask: {
          type: 'message.ask',
          with: { text: 'Hi', expect: { kind: 'smell' } },
          timeout: 'PT1H',
          next: 'wait',
          on: { timeout: 'bye', exhausted: 'bye' },
        }, // 3: expect
        wait: { type: 'wait.for', with: { duration: 'soon' }, next: 'bye' }, // 4: a duration
        code: { type: 'code.run', with: {}, next: 'bye' }, // 5: a node type
        pick: { type: 'switch', cases: [], default: 'bye' }, // 6: no case
        call: { type: 'http.request', with: { url: 'https://a.example', method: 'YELL' }, next: 'bye' }, // 7: a method
        send: { type: 'message.send', with: { txt: 'Hi' }, next: 'bye' }, // 8: a field
        '9lives': { type: 'end' }, // 9: a name
        bye: { type: 'end', with: { status: 'sleeping' } }, // 10: a status
      },
    };
    await ask('PUT', '/v1/workflows/mistaken', mistaken);
    const { status, json } = await ask('POST', '/v1/workflows/mistaken/publish');
    expect(status).toBe(422);
    const places = new Set(
      json.errors
        .filter((error: { severity: string }) => error.severity === 'error')
        .map((error: { path: string }) => error.path.split('/').slice(0, 3).join('/')),
    );
    expect(places.size).toBeGreaterThanOrEqual(10);
    for (const error of json.errors)
      expect([typeof error.path, typeof error.code, typeof error.message]).toEqual(['string', 'string', 'string']);
    expect((await ask('GET', '/v1/workflows/mistaken')).json.publishedVersion).toBeNull();
    expect((await ask('POST', '/v1/workflows/validate', mistaken)).json).toMatchObject({ valid: false });
  });

  it('refuses free text that a contact may get after the window has closed', async () => {
    const late = {
      ...greeting('late'),
      triggers: [{ id: 'wa', type: 'channel.message', channels: ['whatsapp'] }],
      start: 'pause',
      nodes: {
        pause: { type: 'wait.for', with: { duration: 'P2D' }, next: 'say' },
        say: { type: 'message.send', with: { text: 'Still there?' }, next: 'bye' },
        bye: { type: 'end' },
      },
    };
    const { json } = await ask('POST', '/v1/workflows/validate', late);
    expect(json).toMatchObject({
      valid: false,
      problems: [{ code: 'window.closed', path: '/nodes/say', hint: expect.stringContaining('pause -> say') }],
    });
  });

  it.each([
    ['a list', [1]],
    ['an id that is none', { id: 'No Id', name: 'x' }],
    ['another id than the address', { id: 'other', name: 'x' }],
    ['no name', { id: 'greeting' }],
  ])('refuses to save %s as a draft', async (_case, body) => {
    const { status, json } = await ask('PUT', '/v1/workflows/greeting', body);
    expect([status, json.type]).toEqual([400, 'urn:workflows:problem:bad_request']);
  });

  it('exports names without secrets and imports them elsewhere with the same hash', async () => {
    const bundle = (await ask('GET', '/v1/workflows/greeting/export?version=1')).json;
    expect(bundle).toMatchObject({ dsl: '1.0', layouts: [], requires: {} });
    const elsewhere = await api.tenant('importer');
    const imported = await api.ask('POST', '/v1/workflows/import', { key: elsewhere.key, body: bundle });
    expect([imported.status, imported.json]).toEqual([
      201,
      { workflows: [{ id: 'greeting', name: 'Greeting', valid: true, problems: [] }], missing: {}, unchecked: {} },
    ]);
    const published = await api.ask('POST', '/v1/workflows/greeting/publish', { key: elsewhere.key });
    expect(published.json.hash).toBe((await ask('GET', '/v1/workflows/greeting/versions/1')).json.hash);
    expect((await api.ask('POST', '/v1/workflows/import', { key: elsewhere.key, body: bundle })).status).toBe(409);
    expect(
      (await api.ask('POST', '/v1/workflows/import', { key: elsewhere.key, body: { ...bundle, replace: true } })).status,
    ).toBe(201);
  });

  it('says what an imported workflow misses', async () => {
    const needy = {
      ...greeting('needy'),
      triggers: [{ id: 'wa', type: 'channel.message', channels: ['whatsapp'], connection: 'support' }],
    };
    const { json } = await ask('POST', '/v1/workflows/import', {
      dsl: '1.0',
      workflows: [needy],
      names: { connections: { support: 'sales' } },
    });
    expect(json.missing).toEqual({ connections: ['sales'] });
  });

  it('starts a run once per idempotency key', async () => {
    const body = { workflow: 'greeting', input: { name: 'Ana' } };
    const key = { 'idempotency-key': randomUUID() };
    const first = await ask('POST', '/v1/executions', body, key);
    const second = await ask('POST', '/v1/executions', body, key);
    const third = await ask('POST', '/v1/executions', body);
    expect([first.status, first.json.repeated]).toEqual([202, false]);
    expect(second.json).toEqual({ executionId: first.json.executionId, repeated: true });
    expect(third.json.executionId).not.toBe(first.json.executionId);
    expect((await ask('GET', `/v1/executions/${first.json.executionId}`)).json).toMatchObject({
      workflowId: 'greeting',
      status: 'queued',
    });
    expect((await ask('GET', `/v1/executions/${first.json.executionId}/timeline`)).json.steps).toEqual([]);
    expect((await ask('POST', `/v1/executions/${first.json.executionId}/cancel`, { reason: 'changed my mind' })).status).toBe(
      202,
    );
  });

  it('refuses a start that cannot work, and says why', async () => {
    const missing = await ask('POST', '/v1/executions', { workflow: 'unknown', input: {} });
    expect([missing.status, missing.json.type]).toEqual([404, 'urn:workflows:problem:start.not_published']);
    const unfit = await ask('POST', '/v1/executions', { workflow: 'greeting', input: {} });
    expect([unfit.status, unfit.json.errors[0].path]).toEqual([422, expect.stringContaining('/input')]);
    const trigger = await ask('POST', '/v1/executions', { workflow: 'greeting', trigger: 'nope', input: { name: 'x' } });
    expect(trigger.status).toBe(422);
    const unknown = await ask('POST', '/v1/executions', { workflow: 'greeting', tenant: 'x' });
    expect([unknown.status, unknown.json.errors[0].code]).toEqual([400, 'unknown_field']);
    expect(
      (await ask('POST', '/v1/executions', { workflow: 'greeting', input: { name: 'x' } }, { 'idempotency-key': 'two words' }))
        .status,
    ).toBe(400);
    expect((await ask('POST', `/v1/executions/${randomUUID()}/cancel`)).status).toBe(404);
  });

  it('serves the catalogue of node types as JSON Schemas', async () => {
    const { json } = await ask('GET', '/v1/node-types');
    const types: string[] = json.items.map((item: { type: string }) => item.type);
    expect(types).toEqual(expect.arrayContaining(['message.send', 'message.ask', 'switch', 'http.request', 'end']));
    for (const item of json.items) expect(item.schema.properties.type).toMatchObject({ const: item.type });
    expect((await ask('GET', '/v1/node-types/message.ask')).json.title).not.toBe('');
    expect((await ask('GET', '/v1/node-types/none')).status).toBe(404);
    expect((await ask('GET', '/v1/node-types/language')).json.properties.nodes).toBeDefined();
  });

  it('names the field, the reason and the remedy of every wrong field', async () => {
    const { status, json } = await api.ask('POST', '/v1/tenants', {
      key: OPERATOR_KEY,
      body: { slug: 'A B', nam: 'x', timezone: 'Mars/Olympus' },
    });
    expect(status).toBe(400);
    expect(json.errors.map((error: { path: string; code: string }) => [error.path, error.code])).toEqual(
      expect.arrayContaining([
        ['/nam', 'unknown_field'],
        ['/slug', 'matches'],
        ['/name', 'missing'],
        ['/timezone', 'isTimeZone'],
      ]),
    );
    for (const error of json.errors) {
      expect(error.message).toContain(error.path.slice(1));
      expect(error.hint).toMatch(/\w.+\.$/);
    }
    expect((await api.ask('POST', '/v1/tenants', { key: OPERATOR_KEY, body: { slug: 'author', name: 'Twice' } })).status).toBe(
      409,
    );
  });

  it('moves the time of the whole system for the operator alone', async () => {
    const refused = await ask('POST', '/v1/test-clock/advance', { milliseconds: 1 });
    expect(refused.status).toBe(404);
    const clocked = await ApiUnderTest.start({ TEST_CLOCK: 'true' });
    try {
      const advanced = await clocked.ask('POST', '/v1/test-clock/advance', {
        key: OPERATOR_KEY,
        body: { milliseconds: 86_400_000 },
      });
      expect([advanced.status, advanced.json]).toEqual([200, { aheadMs: 86_400_000 }]);
      expect(
        (await clocked.ask('POST', '/v1/test-clock/advance', { key: OPERATOR_KEY, body: { milliseconds: -1 } })).status,
      ).toBe(400);
    } finally {
      await clocked.stop();
    }
  });
});

describe('runs, once a worker has them', () => {
  let api: ApiUnderTest;
  let key: string;

  beforeAll(async () => {
    api = await ApiUnderTest.start({ ROLE: 'all' });
    key = (await api.tenant('runner')).key;
    await api.ask('PUT', '/v1/workflows/greeting', { key, body: greeting('greeting') });
    await api.ask('POST', '/v1/workflows/greeting/publish', { key });
  });

  afterAll(async () => {
    await api.stop();
  });

  const ended = async (id: string) => {
    for (let look = 0; look < 100; look += 1) {
      const { json } = await api.ask('GET', `/v1/executions/${id}`, { key });
      if (json.endedAt !== null && json.endedAt !== undefined) return json;
      await pause(100);
    }
    throw new Error(`Run ${id} did not end within 10 s.`);
  };

  it('says that it is ready when a ring has come back through the queue', async () => {
    let status = 503;
    for (let look = 0; look < 100 && status !== 200; look += 1) {
      status = (await api.ask('GET', '/readyz')).status;
      await pause(100);
    }
    expect(status).toBe(200);
  });

  it('show their output, their timeline, and that there is nothing left to cancel', async () => {
    const { json } = await api.ask('POST', '/v1/executions', { key, body: { workflow: 'greeting', input: { name: 'Ana' } } });
    const run = await ended(json.executionId);
    expect(run).toMatchObject({ status: 'completed', workflowId: 'greeting', trigger: 'api', output: { said: 'Hello Ana' } });
    const timeline = await api.ask('GET', `/v1/executions/${json.executionId}/timeline`, { key });
    expect(timeline.json.started.trigger).toBe('api');
    expect(timeline.json.steps.map((step: { node: string; state: string }) => [step.node, step.state])).toEqual([
      ['bye', 'ended'],
    ]);
    const cancelled = await api.ask('POST', `/v1/executions/${json.executionId}/cancel`, { key });
    expect(cancelled.status).toBe(409);
    expect(cancelled.json.detail).toContain('completed');
  });

  it('are paged without losing or repeating one', async () => {
    const started: string[] = [];
    for (let run = 0; run < 5; run += 1) {
      started.push(
        (await api.ask('POST', '/v1/executions', { key, body: { workflow: 'greeting', input: { name: `Run ${run}` } } })).json
          .executionId,
      );
    }
    await Promise.all(started.map(ended));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await api.ask('GET', `/v1/executions?workflow=greeting&status=completed&limit=2${next}`, { key });
      expect(page.status).toBe(200);
      seen.push(...page.json.items.map((item: { id: string }) => item.id));
      cursor = page.json.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(expect.arrayContaining(started));
    expect(new Set(seen).size).toBe(seen.length);
  });
});
