import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest, type TestTenant } from './api-under-test.js';

/** Waits for long, so that its runs are alive as long as a test looks at them. */
const patient = (id: string, said: string): Record<string, unknown> => ({
  dsl: '1.0',
  id,
  name: `Patient ${said}`,
  triggers: [{ id: 'api', type: 'call', contact: false }],
  start: 'rest',
  nodes: {
    rest: { type: 'wait.for', with: { duration: 'P2D' }, next: 'bye' },
    bye: { type: 'end', with: { output: said } },
  },
});

describe('versions over REST', () => {
  let api: ApiUnderTest;
  let tenant: TestTenant;

  beforeAll(async () => {
    api = await ApiUnderTest.start({ ROLE: 'all' });
    tenant = await api.tenant('author');
  });

  afterAll(() => api.stop());

  const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    api.ask(method, path, { key: tenant.key, body, headers });

  async function publish(document: Record<string, unknown>): Promise<number> {
    await ask('PUT', `/v1/workflows/${String(document['id'])}`, document);
    const { status, json } = await ask('POST', `/v1/workflows/${String(document['id'])}/publish`);
    expect(status).toBe(201);
    return json.version;
  }

  /** Starts a run and waits until it waits. */
  async function startPatient(id: string): Promise<void> {
    const { json } = await ask('POST', '/v1/executions', { workflow: id });
    for (;;) {
      const run = await ask('GET', `/v1/executions/${json.executionId}`);
      if (run.json.status === 'waiting') return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('shows what publishing the draft would change', async () => {
    await publish(patient('compared', 'one'));
    expect((await ask('GET', '/v1/workflows/compared/diff')).status).toBe(404); // No draft yet.
    const draft = patient('compared', 'two');
    await ask('PUT', '/v1/workflows/compared', { ...draft, nodes: { ...(draft['nodes'] as object), more: { type: 'end' } } });
    const { json } = await ask('GET', '/v1/workflows/compared/diff');
    expect(json).toMatchObject({ workflowId: 'compared', from: 1, to: null, equal: false });
    expect(json.changes).toEqual([
      expect.objectContaining({ part: 'field', name: 'name', change: 'changed' }),
      {
        part: 'node',
        name: 'bye',
        change: 'changed',
        path: '/nodes/bye',
        values: [{ change: 'changed', path: '/nodes/bye/with/output', from: 'one', to: 'two' }],
      },
      { part: 'node', name: 'more', change: 'added', path: '/nodes/more' },
    ]);
  });

  it('compares two versions in either direction, and refuses what is none', async () => {
    await publish(patient('twice', 'one'));
    await publish(patient('twice', 'two'));
    expect((await ask('GET', '/v1/workflows/twice/diff?from=1&to=1')).json).toMatchObject({ equal: true, changes: [] });
    const back = await ask('GET', '/v1/workflows/twice/diff?from=published&to=1');
    expect(back.json).toMatchObject({ from: 2, to: 1, equal: false });
    expect((await ask('GET', '/v1/workflows/twice/diff?from=1&to=3')).status).toBe(404);
    expect((await ask('GET', '/v1/workflows/twice/diff?from=newest')).status).toBe(400);
  });

  it('rolls back to an earlier version, keeps the draft, and says what still runs elsewhere', async () => {
    await publish(patient('back', 'one'));
    await publish(patient('back', 'two'));
    await startPatient('back');
    await ask('PUT', '/v1/workflows/back', patient('back', 'three'));

    const { status, json } = await ask('POST', '/v1/workflows/back/rollback', { version: 1 });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      workflowId: 'back',
      publishedVersion: 1,
      runsOnOtherVersions: [{ version: 2, liveRuns: 1 }],
    });

    const log = await api.test?.admin.query(
      "select action, details from workflows.audit_log where target = 'workflow:back' and action = 'workflow.rollback'",
    );
    expect(log?.rows).toEqual([{ action: 'workflow.rollback', details: { from: 2, to: 1 } }]);
    const workflow = (await ask('GET', '/v1/workflows/back')).json;
    expect(workflow).toMatchObject({ publishedVersion: 1, name: 'Patient one', draft: { name: 'Patient three' } });
    await startPatient('back');
    const versions = (await ask('GET', '/v1/workflows/back/versions')).json.items;
    expect(versions.map((each: { version: number; liveRuns: number }) => [each.version, each.liveRuns])).toEqual([
      [2, 1],
      [1, 1],
    ]);
    expect((await ask('POST', '/v1/workflows/back/rollback', { version: 9 })).status).toBe(404);
    expect((await ask('POST', '/v1/workflows/back/publish')).json.version).toBe(3);
  });

  it('refuses to roll back to a version that what the tenant has today would not carry', async () => {
    await publish(patient('bound', 'plain'));
    const hooked = (secret: boolean) => ({
      ...patient('bound', 'hooked'),
      triggers: [
        { id: 'hook', type: 'webhook', auth: secret ? { type: 'token', secret: 'shop', header: 'x-token' } : { type: 'none' } },
      ],
    });
    await ask('PUT', '/v1/secrets/shop', { value: 'a-secret-of-the-shop' });
    await publish(hooked(true));
    await publish(patient('bound', 'plain again'));
    expect((await ask('DELETE', '/v1/secrets/shop')).status).toBe(204);
    const { status, json } = await ask('POST', '/v1/workflows/bound/rollback', { version: 2 });
    expect([status, json.errors[0].path]).toEqual([422, '/triggers/0/auth/secret']);
    expect((await ask('GET', '/v1/workflows/bound')).json.publishedVersion).toBe(3);
  });

  it('saves over what its author has seen, and never over what came meanwhile', async () => {
    const created = await ask('PUT', '/v1/workflows/shared', patient('shared', 'one'), { 'if-none-match': '*' });
    expect([created.status, created.headers.get('etag')]).toEqual([200, '"1"']);
    const again = await ask('PUT', '/v1/workflows/shared', patient('shared', 'two'), { 'if-none-match': '*' });
    expect([again.status, again.json.type]).toEqual([412, 'urn:workflows:problem:precondition']);

    const seen = (await ask('GET', '/v1/workflows/shared')).headers.get('etag') ?? '';
    const ours = await ask('PUT', '/v1/workflows/shared', patient('shared', 'ours'), { 'if-match': seen });
    expect(ours.status).toBe(200);
    const theirs = await ask('PUT', '/v1/workflows/shared', patient('shared', 'theirs'), { 'if-match': seen });
    expect([theirs.status, theirs.json.detail]).toEqual([412, expect.stringContaining('Read it again')]);
    expect((await ask('POST', '/v1/workflows/shared/publish', undefined, { 'if-match': seen })).status).toBe(412);
    expect((await ask('GET', '/v1/workflows/shared')).json.draft.name).toBe('Patient ours');

    const now = ours.headers.get('etag') ?? '';
    expect((await ask('POST', '/v1/workflows/shared/publish', undefined, { 'if-match': now })).status).toBe(201);
    expect((await ask('POST', '/v1/workflows/shared/rollback', { version: 1 }, { 'if-match': now })).status).toBe(412);
    expect((await ask('PUT', '/v1/workflows/shared', patient('shared', 'x'), { 'if-match': 'newest' })).status).toBe(400);
  });

  it('lets one of many that saw the same save', async () => {
    const first = await ask('PUT', '/v1/workflows/raced', patient('raced', 'one'));
    const seen = { 'if-match': first.headers.get('etag') ?? '' };
    const saves = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => ask('PUT', '/v1/workflows/raced', patient('raced', name), seen)),
    );
    expect(saves.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const births = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => ask('PUT', '/v1/workflows/born', patient('born', name), { 'if-none-match': '*' })),
    );
    expect(births.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });

  it('shows another tenant nothing of it', async () => {
    await publish(patient('private', 'one'));
    const other = await api.tenant('stranger');
    for (const [method, path] of [
      ['GET', '/v1/workflows/private/versions'],
      ['GET', '/v1/workflows/private/diff?from=1&to=1'],
      ['POST', '/v1/workflows/private/rollback'],
    ] as const) {
      const body = method === 'POST' ? { version: 1 } : undefined;
      expect((await api.ask(method, path, { key: other.key, body })).status).toBe(404);
    }
  });
});
