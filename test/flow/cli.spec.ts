import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli/main.js';
import { root } from '../architecture/root.js';
import { ApiUnderTest, OPERATOR_KEY, type TestTenant } from './api-under-test.js';

const GREETING = {
  dsl: '1.0',
  id: 'greeting',
  name: 'Greeting',
  triggers: [
    { id: 'api', type: 'call', input: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
  ],
  start: 'bye',
  nodes: { bye: { type: 'end', with: { output: 'Hello {{ event.input.name }}' } } },
  tests: [
    {
      name: 'greets',
      given: { trigger: 'api', now: '2026-03-02T14:00:00Z', event: { input: { name: 'Ana' } } },
      script: [],
      expect: { output: 'Hello Ana' },
    },
  ],
};
const LEAD_FORM = join(root, 'examples/lead-form/workflow.json');

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'workflows-cli-'));
  let api: ApiUnderTest;
  let tenant: TestTenant;
  let environment: Record<string, string>;

  beforeAll(async () => {
    api = await ApiUnderTest.start({ ROLE: 'all' });
    tenant = await api.tenant('author');
    environment = { WORKFLOWS_URL: api.url, WORKFLOWS_KEY: tenant.key, DATA_DIR: folder };
  });

  afterAll(async () => {
    await api.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a command printed, and its exit code. */
  async function workflows(argv: string[], overrides: Record<string, string | undefined> = {}) {
    const out: string[] = [];
    const err: string[] = [];
    const code = await main(argv, {
      say: (line) => out.push(line),
      complain: (line) => err.push(line),
      environment: { ...environment, ...overrides },
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  }

  function save(name: string, content: unknown): string {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  it('runs the tests of the lead form, writes them for CI, and counts what they cover', async () => {
    const junit = join(folder, 'out.xml');
    const { code, out } = await workflows(['test', LEAD_FORM, '--junit', junit, '--coverage']);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^ok {4}happy path[^]*\n\d+ passed, 0 failed\nnodes: (\d+) of \1\n/),
    });
    expect(readFileSync(junit, 'utf8')).toMatch(/<testsuites tests="[1-9]\d*" failures="0">/);
  });

  it('exits with 1 and shows the difference when a test fails', async () => {
    const path = save('failing.json', { ...GREETING, tests: [{ ...GREETING.tests[0], expect: { output: 'Hello Eve' } }] });
    const { code, out } = await workflows(['test', path]);
    expect(code).toBe(1);
    expect(out).toBe(
      [
        'FAIL  greets',
        '      /tests/0/expect/output  The output of the run is another one. [test.failed]',
        '        expected  "Hello Eve"',
        '        got       "Hello Ana"',
        '0 passed, 1 failed',
      ].join('\n'),
    );
    expect(JSON.parse((await workflows(['test', path, '--json'])).out)).toMatchObject({
      passed: false,
      tests: [{ path: '/tests/0' }],
    });
  });

  it('validates without an engine', async () => {
    expect(await workflows(['validate', LEAD_FORM])).toMatchObject({ code: 0, out: expect.stringContaining('is valid') });
    const broken = save('broken.json', { ...GREETING, start: 'by' });
    const { code, out } = await workflows(['validate', broken, '--json']);
    expect({ code, found: JSON.parse(out).problems[0] }).toEqual({
      code: 1,
      found: expect.objectContaining({ path: '/start', code: 'graph.missing_node' }),
    });
  });

  it('publishes, starts a run once for a key, and follows it to its end', async () => {
    const path = save('greeting.json', GREETING);
    expect(await workflows(['publish', path])).toEqual({ code: 0, out: 'greeting is published as version 1.', err: '' });
    const start = ['run', 'greeting', '--input', '{"name":"Ana"}', '--idempotency-key', 'k1', '--json'];
    const first = JSON.parse((await workflows(start)).out);
    expect(JSON.parse((await workflows(start)).out)).toEqual({ executionId: first.executionId, repeated: true });
    const tail = await workflows(['tail', first.executionId]);
    expect(tail).toMatchObject({
      code: 0,
      out: expect.stringMatching(new RegExp(`bye {2}ended\\ngreeting ${first.executionId}: completed$`)),
    });
    expect((await workflows(['tail'])).out).toBe(tail.out);
  });

  it('carries a workflow out of one tenant and into another', async () => {
    const bundle = join(folder, 'bundle.json');
    expect((await workflows(['export', 'greeting', '--out', bundle])).code).toBe(0);
    const other = { WORKFLOWS_KEY: (await api.tenant('other')).key };
    expect(await workflows(['import', bundle], other)).toEqual({ code: 0, out: 'greeting: saved as a draft', err: '' });
    expect(await workflows(['import', bundle], other)).toMatchObject({ code: 1, err: expect.stringMatching(/^409: .*greeting/) });
    expect((await workflows(['import', bundle, '--replace'], other)).code).toBe(0);
  });

  it('compares versions and goes back to one', async () => {
    const second = { ...GREETING, id: 'versioned', nodes: { bye: { type: 'end', with: { output: 'Goodbye' } } }, tests: [] };
    await workflows(['publish', save('first.json', { ...GREETING, id: 'versioned' })]);
    await workflows(['publish', save('second.json', second)]);
    const { code, out } = await workflows(['diff', 'versioned', '--from', '1', '--to', '2']);
    expect({ code, out }).toEqual({
      code: 0,
      out: ['~ node bye', '    /nodes/bye/with/output  "Hello {{ event.input.name }}" -> "Goodbye"', '- test greets'].join('\n'),
    });
    const json = await workflows(['diff', 'versioned', '--from', '2', '--to', '2', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ equal: true, changes: [] });
    expect(await workflows(['diff', 'versioned'])).toMatchObject({ code: 1, err: expect.stringMatching(/^404: /) });

    expect(await workflows(['rollback', 'versioned', '--to', '1'])).toEqual({
      code: 0,
      out: 'New events start version 1 of versioned.',
      err: '',
    });
    expect(await workflows(['rollback', 'versioned'])).toMatchObject({ code: 2, err: expect.stringContaining('--to') });
  });

  it('replays a run, takes it away as a file, and replays that without an engine', async () => {
    await workflows(['publish', save('replayed.json', { ...GREETING, id: 'replayed' })]);
    const { executionId } = JSON.parse((await workflows(['run', 'replayed', '--input', '{"name":"Bea"}', '--json'])).out);
    await workflows(['tail', executionId]);
    expect(await workflows(['replay', executionId])).toEqual({ code: 0, out: 'Equal: 2 events in 1 commit.', err: '' });
    expect(JSON.parse((await workflows(['replay', executionId, '--json'])).out)).toMatchObject({ equal: true });

    const path = join(folder, 'history.json');
    expect((await workflows(['export-history', executionId, '--mask', '--out', path])).out).toBe(`${path}: 2 events.`);
    expect(readFileSync(path, 'utf8')).not.toContain('Bea');
    const offline = { WORKFLOWS_URL: undefined, WORKFLOWS_KEY: undefined };
    expect(await workflows(['replay', path], offline)).toEqual({ code: 0, out: 'Equal: 2 events.', err: '' });
    const other = save('other-history.json', { ...JSON.parse(readFileSync(path, 'utf8')), hash: 'x' });
    expect(await workflows(['replay', other], offline)).toMatchObject({
      code: 1,
      out: expect.stringContaining('the end differs'),
    });
    expect(await workflows(['replay', save('none.json', {})], offline)).toMatchObject({ code: 2 });
  });

  it('says how far it is with a long history', async () => {
    await workflows(['publish', save('long.json', { ...GREETING, id: 'long' })]);
    const { executionId } = JSON.parse((await workflows(['run', 'long', '--input', '{"name":"Ana"}', '--json'])).out);
    await workflows(['tail', executionId]);
    const history = JSON.parse((await workflows(['export-history', executionId])).out);
    const [started, ended] = history.events;
    const timers = Array.from({ length: 6_000 }, () => ({ type: 'timer', at: started.at }));
    const path = save('long-history.json', { ...history, events: [started, ...timers, ended] });
    expect(await workflows(['replay', path])).toEqual({
      code: 0,
      out: 'Equal: 6002 events.',
      err: '5000 of 6002 events\n6002 of 6002 events',
    });
  });

  it('exits with 1 for what the engine refuses, with every problem', async () => {
    const unfit = await workflows(['run', 'greeting', '--input', '{}']);
    expect(unfit).toMatchObject({ code: 1, err: expect.stringContaining('/input/name') });
    const wrong = save('wrong.json', { ...GREETING, id: 'wrong', start: 'by' });
    expect(await workflows(['publish', wrong])).toMatchObject({ code: 1, err: expect.stringContaining('/start') });
  });

  it.each([
    ['no command', [], {}, 'Usage: workflows COMMAND'],
    ['an unknown command', ['tset'], {}, 'There is no command "tset"'],
    ['a missing file', ['validate', '/nowhere/x.json'], {}, '/nowhere/x.json cannot be opened (ENOENT)'],
    ['a missing operand', ['test'], {}, 'FILE is missing.'],
    ['an unknown flag', ['test', 'x.json', '--jnit', 'y'], {}, "'--jnit'"],
    ['wrong JSON', ['run', 'greeting', '--input', '{'], {}, '--input is no JSON'],
    ['no engine', ['tail'], { WORKFLOWS_URL: undefined, WORKFLOWS_KEY: undefined }, 'No engine is running here.'],
    ['no key', ['tail'], { WORKFLOWS_KEY: undefined }, 'The key is missing.'],
    ['a wrong key', ['tail'], { WORKFLOWS_KEY: 'wrong' }, '401: '],
    ['a dead address', ['tail'], { WORKFLOWS_URL: 'http://127.0.0.1:1' }, 'cannot be reached'],
    ['no address at all', ['tail'], { WORKFLOWS_URL: 'localhost:3000' }, 'no http or https URL'],
  ])('exits with 2 when it could not try: %s', async (_what, argv, overrides, words) => {
    expect(await workflows(argv, overrides)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(words) });
  });

  it('prints errors as JSON too, for programs', async () => {
    const { out } = await workflows(['export', 'nothing', '--json']);
    expect(JSON.parse(out)).toEqual({ error: expect.stringMatching(/^404: /), problems: [] });
  });
});

describe('tests over REST', () => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });
  afterAll(() => api.stop());

  it('runs them without saving, and lets nothing be published that fails them where the tenant asks for it', async () => {
    const created = await api.ask('POST', '/v1/tenants', {
      key: OPERATOR_KEY,
      body: { slug: 'careful', name: 'Careful', settings: { publish: { tests: 'required' } } },
    });
    const key = await api.key(created.json.id, ['read', 'write']);
    const failing = { ...GREETING, tests: [{ ...GREETING.tests[0], expect: { output: 'Hello Eve' } }] };
    expect((await api.ask('POST', '/v1/workflows/test', { key, body: failing })).json).toMatchObject({
      passed: false,
      tests: [{ problems: [{ path: '/tests/0/expect/output', expected: 'Hello Eve', actual: 'Hello Ana' }] }],
    });
    await api.ask('PUT', '/v1/workflows/greeting', { key, body: failing });
    const refused = await api.ask('POST', '/v1/workflows/greeting/publish', { key });
    expect([refused.status, refused.json.errors.map(({ code }: { code: string }) => code)]).toEqual([422, ['test.failed']]);
    await api.ask('PUT', '/v1/workflows/greeting', { key, body: GREETING });
    expect((await api.ask('POST', '/v1/workflows/greeting/publish', { key })).status).toBe(201);
  });
});
