import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { breaks, isSilent, message, ModelService, refuses, type Reply, says } from '../support/model-service.js';
import { eventually } from '../support/deployment.js';
import { ApiUnderTest, OPERATOR_KEY, type TestTenant } from './api-under-test.js';

const SECRET = 'sk-of-the-models-1234567890';
const service = new ModelService();
let host = '';
let api: ApiUnderTest;
let tenant: TestTenant;
let runs = 0;

beforeAll(async () => {
  host = await service.start();
  api = await ApiUnderTest.start({ ROLE: 'all', TEST_CLOCK: 'true', EGRESS_ALLOW_PRIVATE: host });
  tenant = await api.tenant('models');
  await put('/credentials/llm', { type: 'bearer', hosts: [host], secret: SECRET });
  await put('/models/wise', profile({ credential: 'llm' }));
}, 60_000);
afterAll(async () => {
  await api.stop();
  await service.stop();
}, 30_000);

const ask = (method: string, path: string, body?: unknown) =>
  api.ask(method, `/v1${path}`, { key: tenant.key, ...(body === undefined ? {} : { body }) });
const put = (path: string, body: unknown) => ask('PUT', path, body);
const profile = (more: JsonObject = {}): JsonObject => ({
  provider: 'openai_compatible',
  baseUrl: `http://${host}/v1`,
  model: 'wise-1',
  inputUsdPerMillion: 1,
  outputUsdPerMillion: 10,
  ...more,
});

const generate = (config: JsonObject = {}): JsonObject => ({
  type: 'ai.generate',
  with: { model: 'wise', system: 'Be kind.', prompt: 'Say hello', ...config },
});
const PERSON: JsonObject = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
};

/** A run of one node with a model; what it ended with. */
async function think(node: JsonObject, replies: Reply[], { wait = true } = {}) {
  service.answerWith(...replies);
  runs += 1;
  const workflow = `think-${runs}`;
  await put(`/workflows/${workflow}`, {
    dsl: '1.0',
    id: workflow,
    name: 'Think',
    triggers: [{ id: 'api', type: 'call', contact: false }],
    start: 'think',
    nodes: {
      think: { next: 'done', retry: { maxAttempts: 1 }, ...node },
      done: { type: 'end', with: { status: 'completed', output: '{{ steps.think }}' } },
      ...('on' in node
        ? { other: { type: 'end', with: { status: 'completed', reason: 'other', output: '{{ steps.think }}' } } }
        : {}),
    },
  });
  const published = await ask('POST', `/workflows/${workflow}/publish`, {});
  if (published.status !== 201) throw new Error(published.text);
  const { json } = await ask('POST', '/executions', { workflow, input: {} });
  const path = `/executions/${json.executionId}`;
  if (!wait) return { path, execution: json, history: '' };
  const ended = await eventually(
    () => ask('GET', path),
    ({ json: execution }) => ['completed', 'failed'].includes(execution.status),
  );
  const history = await ask('GET', `${path}/history`);
  const replay = await ask('POST', `${path}/replay`, {});
  expect(replay.json).toMatchObject({ equal: true });
  return { path, execution: ended.json, history: history.text };
}

function eventsOf(history: string): Array<{ type: string }> {
  return (JSON.parse(history) as { events: Array<{ type: string }> }).events;
}

const USAGE = { inputTokens: 100, outputTokens: 10, totalTokens: 110, costUsd: 0.0002, calls: 1 };
const TWICE = { inputTokens: 200, outputTokens: 20, totalTokens: 220, costUsd: 0.0004, calls: 2 };

describe('ai.generate', () => {
  it('asks the provider on the real wire, with the key of the tenant and of nobody else', async () => {
    const { execution, history } = await think(generate({ temperature: 0.2, maxOutputTokens: 50 }), [says('Hello!')]);
    expect(execution).toMatchObject({ status: 'completed', output: { text: 'Hello!', model: 'wise-1', usage: USAGE } });
    expect(service.asked).toHaveLength(1);
    expect(service.asked[0]).toMatchObject({
      headers: { authorization: `Bearer ${SECRET}` },
      body: {
        model: 'wise-1',
        temperature: 0.2,
        max_tokens: 50,
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'Say hello' },
        ],
      },
    });
    expect(history).not.toContain(SECRET);
    expect(eventsOf(history)).toContainEqual(
      expect.objectContaining({
        type: 'effect',
        result: {
          outcome: 'done',
          data: expect.objectContaining({ provider: 'openai_compatible', profile: 'wise', usage: USAGE, ms: expect.any(Number) }),
        },
      }),
    );
  });

  it('gives an object that fits its schema, out of a code fence too', async () => {
    const { execution } = await think(generate({ schema: PERSON }), [says('```json\n{"name":"Ana","age":7}\n```')]);
    expect(execution).toMatchObject({ status: 'completed', output: { data: { name: 'Ana', age: 7 }, usage: USAGE } });
    expect(service.asked[0]?.body.response_format).toEqual({ type: 'json_object' });
  });

  it.each([
    ['no JSON', 'I am Ana'],
    ['the wrong type', '{"name":"Ana","age":"x"}'],
    ['a list', '["Ana"]'],
    ['half an object', '{"age":7}'],
  ])('has %s repaired once, and pays for both answers', async (_what, bad) => {
    const { execution } = await think(generate({ schema: PERSON }), [says(bad), says('{"name":"Ana"}')]);
    expect(execution).toMatchObject({ status: 'completed', output: { data: { name: 'Ana' }, usage: TWICE } });
    expect(service.asked[1]?.body.messages.slice(-2)).toEqual([
      { role: 'assistant', content: bad },
      { role: 'user', content: expect.stringContaining('Answer again') },
    ]);
  });

  it('has nothing repaired where it is told not to', async () => {
    const { execution } = await think(generate({ schema: PERSON, repairs: 0 }), [says('no')]);
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'ai.invalid' } });
    expect(service.asked).toHaveLength(1);
  });

  it('fails with ai.invalid when the repair is no better, and says what was used', async () => {
    const { execution } = await think(generate({ schema: PERSON }), [says('no'), says('never')]);
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'ai.invalid' } });
    expect(service.asked).toHaveLength(2);
  });
});

describe('a bad answer', () => {
  const pageOf = (length: number): Reply => says('x'.repeat(length));
  it.each<[string, Reply, string, JsonObject]>([
    ['nothing', says('  '), 'ai.invalid', {}],
    ['no text at all', message({ content: null }), 'ai.invalid', {}],
    ['half an answer', says('It was', 'length'), 'ai.truncated', {}],
    ['what the provider keeps back', says('', 'content_filter'), 'ai.blocked', {}],
    ['a prompt that the provider refuses', refuses(400, { error: { code: 'content_filter' } }), 'ai.blocked', {}],
    ['a longer one than the guards allow', says('12345678901'), 'ai.blocked', { guards: { maxChars: 10 } }],
    ['a link to a stranger', says('See evil.example/x'), 'ai.blocked', { guards: { linkHosts: ['shop.example'] } }],
    ['a page without end', pageOf(300_000), 'ai.unavailable', {}],
    ['something that is no answer', breaks('<html>hello</html>'), 'ai.unavailable', {}],
    ['a key that is not taken', refuses(401), 'ai.unavailable', {}],
    ['a model that is not there', refuses(404), 'ai.unavailable', {}],
    ['a quota that is used up', refuses(429, { error: { code: 'insufficient_quota' } }), 'ai.unavailable', {}],
    ['a provider that is down', refuses(503), 'ai.unavailable', {}],
    ['a pause', refuses(429), 'ai.throttled', {}],
  ])('that is %s fails once, by its code', async (_what, reply, code, config) => {
    const { execution, history } = await think(generate(config), [reply]);
    expect(execution).toMatchObject({ status: 'failed', error: { code } });
    expect(service.asked).toHaveLength(1);
    expect(eventsOf(history).filter(({ type }) => type === 'effect')).toHaveLength(1);
  });

  it('that never comes fails with timeout, and is not waited for longer than the profile says', async () => {
    await put('/models/slow', profile({ timeoutMs: 300 }));
    const begun = Date.now();
    const { execution } = await think(generate({ model: 'slow' }), [isSilent]);
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  it('is only late when the provider asks for a pause: that is a timer, and holds no worker', async () => {
    const node = { ...generate(), retry: { maxAttempts: 2 }, deadline: 'PT2H' };
    const { path } = await think(node, [refuses(429, {}, { 'retry-after': '3600' }), says('Back again')], { wait: false });
    await eventually(
      async () => service.asked.length,
      (asked) => asked === 1,
    );
    await api.ask('POST', '/v1/test-clock/advance', { key: OPERATOR_KEY, body: { milliseconds: 3_500_000 } });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(service.asked).toHaveLength(1);
    await api.ask('POST', '/v1/test-clock/advance', { key: OPERATOR_KEY, body: { milliseconds: 200_000 } });
    const ended = await eventually(
      () => ask('GET', path),
      ({ json }) => json.status === 'completed',
    );
    expect(ended.json.output).toMatchObject({ text: 'Back again', usage: USAGE });
  });
});

describe('ai.classify', () => {
  const classify = (config: JsonObject = {}): JsonObject => ({
    type: 'ai.classify',
    with: { model: 'wise', input: 'Where is it?', labels: { order: 'About an order', other: 'All else' }, ...config },
  });

  it('gives a label and how sure the model is', async () => {
    const { execution } = await think(classify(), [says('{"label":"order","confidence":0.9}')]);
    expect(execution.output).toEqual({ label: 'order', confidence: 0.9, usage: USAGE });
    expect(service.asked[0]?.body.messages).toEqual([
      { role: 'system', content: expect.stringContaining('- order: About an order') },
      { role: 'user', content: 'Where is it?' },
    ]);
  });

  it('shows the model examples, and asks it as it is told to', async () => {
    const examples = [{ text: 'My parcel?', label: 'order' }];
    await think(classify({ system: 'You sort mail.', temperature: 0, maxOutputTokens: 20, examples }), [
      says('{"label":"order","confidence":0.9}'),
    ]);
    expect(service.asked[0]?.body).toMatchObject({ temperature: 0, max_tokens: 20 });
    const [system] = service.asked[0]?.body.messages ?? [];
    expect(system.content).toContain('You sort mail.');
    expect(JSON.stringify(service.asked[0]?.body.messages)).toContain('My parcel?');
  });

  it('leaves by unsure below its confidence', async () => {
    const node = { ...classify({ minConfidence: 0.8 }), on: { unsure: 'other' } };
    const { execution } = await think(node, [says('{"label":"order","confidence":0.5}')]);
    expect(execution).toMatchObject({ reason: 'other', output: { label: 'order', confidence: 0.5 } });
  });

  it('never gives a label that it does not have', async () => {
    const { execution } = await think(classify(), [says('{"label":"refund","confidence":1}')]);
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'ai.invalid' } });
    expect(service.asked).toHaveLength(2);
  });
});

describe('ai.extract', () => {
  const extract = (config: JsonObject = {}): JsonObject => ({
    type: 'ai.extract',
    with: { model: 'wise', input: 'I am Ana', instructions: 'The age in years.', schema: PERSON, ...config },
    on: { incomplete: 'other' },
  });

  it('takes out data, and drops what nobody asked for', async () => {
    const { execution } = await think(extract(), [says('{"name":"Ana","age":null,"mood":"fine"}')]);
    expect(execution.output).toEqual({ data: { name: 'Ana' }, usage: USAGE });
  });

  it('has its answer repaired as often as it is told to, asking as it is told to', async () => {
    const config = { system: 'You read letters.', temperature: 1, maxOutputTokens: 30, repairs: 2 };
    const { execution } = await think(extract(config), [says('no'), says('no'), says('{"name":"Ana"}')]);
    expect(execution.output).toMatchObject({ data: { name: 'Ana' }, usage: { calls: 3 } });
    expect(service.asked[2]?.body).toMatchObject({ temperature: 1, max_tokens: 30 });
    expect(service.asked[0]?.body.messages[0].content).toContain('You read letters.');
  });

  it('leaves by incomplete where the text does not say what is required', async () => {
    const { execution } = await think(extract(), [says('{"age":7}')]);
    expect(execution).toMatchObject({ reason: 'other', output: { missing: ['name'] } });
    expect(service.asked).toHaveLength(1);
  });
});

describe('profiles', () => {
  it('are all that can be named: another model is refused at publish, and fails a run when it is gone', async () => {
    await expect(think(generate({ model: 'unknown' }), [says('x')])).rejects.toThrow('ref.resource');
    await put('/models/gone', profile());
    service.answerWith(says('x'));
    const document = generate({ model: 'gone' });
    const first = await think(document, [says('x')]);
    expect(first.execution.status).toBe('completed');
    expect(await ask('DELETE', '/models/gone')).toMatchObject({ status: 204 });
    expect(await ask('DELETE', '/models/gone')).toMatchObject({ status: 404 });
    const { json } = await ask('POST', '/executions', { workflow: `think-${runs}`, input: {} });
    const failed = await eventually(
      () => ask('GET', `/executions/${json.executionId}`),
      ({ json: execution }) => execution.status === 'failed',
    );
    expect(failed.json.error.code).toBe('resource.missing');
  });

  it.each(['169.254.169.254', '127.0.0.1:1', '[::1]'])('may not lead to %s', async (place) => {
    await put('/models/inward', profile({ baseUrl: `http://${place}/v1` }));
    const { execution } = await think(generate({ model: 'inward' }), [says('x')]);
    expect(execution).toMatchObject({
      status: 'failed',
      error: { code: 'ai.unavailable', message: expect.stringContaining('Blocked') },
    });
    expect(service.asked).toHaveLength(0);
  });

  it('do not send a credential to other hosts', async () => {
    await put('/credentials/narrow', { type: 'bearer', hosts: ['api.example.com'], secret: SECRET });
    await put('/models/leaking', profile({ credential: 'narrow' }));
    const { execution } = await think(generate({ model: 'leaking' }), [says('x')]);
    expect(execution.status).toBe('failed');
    expect(service.asked).toHaveLength(0);
  });

  it('stand in for each other when a provider is down, and the history says who answered', async () => {
    await put('/models/first', profile({ model: 'first-1', fallbacks: ['wise'] }));
    const { execution, history } = await think(generate({ model: 'first' }), [refuses(500), says('Hello from the second')]);
    expect(execution.output.text).toBe('Hello from the second');
    expect(history).toContain('"profile":"wise"');
    expect(service.asked.map(({ body }) => body.model)).toEqual(['first-1', 'wise-1']);
  });

  it('do not stand in for each other when the request is refused', async () => {
    const { execution } = await think(generate({ model: 'first' }), [refuses(401), says('x')]);
    expect(execution.status).toBe('failed');
    expect(service.asked).toHaveLength(1);
  });

  it.each<[string, JsonObject]>([
    ['another provider', { provider: 'oracle' }],
    ['an address with a password', { baseUrl: 'https://a:b@models.example.com' }],
    ['an address with a query', { baseUrl: 'https://models.example.com/v1?key=1' }],
    ['a price below nothing', { inputUsdPerMillion: -1 }],
  ])('are refused with %s', async (_what, more) => {
    expect(await put('/models/refused', profile(more))).toMatchObject({ status: 400 });
  });
});

describe('the commands of the guide', () => {
  it('set the credential and the profile that they say', async () => {
    const guide = await readFile(new URL('../../docs/models.md', import.meta.url), 'utf8');
    const commands = [...guide.matchAll(/curl -X PUT \$URL\/v1(\S+) [\s\S]*?-d '([^']+)'/g)];
    expect(commands.map(([, path]) => path)).toEqual(['/credentials/llm', '/models/default']);
    const mine = tenant;
    tenant = await api.tenant('guide');
    try {
      for (const [, path = '', body = ''] of commands) expect(await put(path, JSON.parse(body))).toMatchObject({ status: 200 });
    } finally {
      tenant = mine;
    }
  });
});

describe('the budget', () => {
  it('keeps twenty runs at once below the cap, and tells what they took', async () => {
    const rich = await api.tenant('budget');
    const mine = tenant;
    tenant = rich;
    try {
      await put('/models/wise', profile());
      // One call sets aside some 0.0005 dollars for its 50 tokens, and takes 0.0002.
      expect(await put('/model-budget', { monthlyUsd: 0.002 })).toMatchObject({ status: 200, json: { monthlyUsd: 0.002 } });
      const paths = [(await think(generate({ maxOutputTokens: 50 }), [says('Hello!')])).path];
      const started = await Promise.all(
        Array.from({ length: 20 }, () => ask('POST', '/executions', { workflow: `think-${runs}`, input: {} })),
      );
      paths.push(...started.map(({ json }) => `/executions/${json.executionId}`));
      const ended = await Promise.all(
        paths.map((path) =>
          eventually(
            () => ask('GET', path),
            ({ json }) => ['completed', 'failed'].includes(json.status),
          ),
        ),
      );
      const failed = ended.filter(({ json }) => json.status === 'failed');
      expect(failed.length).toBeGreaterThan(0);
      expect(new Set(failed.map(({ json }) => json.error.code))).toEqual(new Set(['ai.budget']));
      const { json: spending } = await ask('GET', '/model-spending');
      expect(spending.reservedUsd).toBe(0);
      expect(spending.spentUsd).toBeLessThanOrEqual(0.002);
      expect(spending.items[0]).toMatchObject({
        profile: 'wise',
        calls: 21 - failed.length,
        inputTokens: 100 * (21 - failed.length),
      });
      expect(service.asked).toHaveLength(21 - failed.length);
    } finally {
      tenant = mine;
    }
  });

  it('refuses a model without prices, and is of no concern where there is none', async () => {
    await put('/models/unpriced', { provider: 'openai_compatible', baseUrl: `http://${host}/v1`, model: 'wise-1' });
    expect((await think(generate({ model: 'unpriced' }), [says('Free')])).execution.status).toBe('completed');
    await put('/model-budget', { monthlyUsd: 100 });
    const { execution } = await think(generate({ model: 'unpriced' }), [says('Free')]);
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'ai.budget' } });
    expect(service.asked).toHaveLength(0);
    expect(await put('/model-budget', { monthlyUsd: null })).toMatchObject({ status: 200 });
    expect(await put('/model-budget', { monthlyUsd: -1 })).toMatchObject({ status: 400 });
  });
});
