import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest, OPERATOR_KEY, type TestTenant } from './api-under-test.js';

const SOME_ID = '0193a1f2-7c1e-4000-8000-000000000001';

interface Route {
  method: string;
  path: string;
  security: Array<Record<string, string[]>>;
}

describe('the doors of the API', () => {
  let api: ApiUnderTest;
  let own: TestTenant;
  let other: TestTenant;
  let routes: Route[];

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    own = await api.tenant('own-tenant');
    other = await api.tenant('other-tenant');
    routes = routesOf((await api.ask('GET', '/openapi.json')).json);
  });

  afterAll(async () => {
    await api.stop();
  });

  it('asks every route of /v1 for a key', async () => {
    const guarded = routes.filter((route) => route.path.startsWith('/v1/'));
    expect(guarded.length).toBeGreaterThan(25);
    for (const { method, path } of guarded) {
      const { status, json } = await api.ask(method, path);
      expect([method, path, status, json.type]).toEqual([method, path, 401, 'urn:workflows:problem:unauthorized']);
    }
  });

  it('keeps the operator out of what belongs to tenants, and tenants out of what belongs to the operator', async () => {
    for (const { method, path, security } of routes.filter((route) => route.security.length > 0)) {
      const ofOperator = security.some((scheme) => 'operator' in scheme);
      const { status } = await api.ask(method, path, { key: ofOperator ? own.key : OPERATOR_KEY });
      expect([method, path, status]).toEqual([method, path, 403]);
    }
  });

  it('asks each route for exactly its scope', async () => {
    const keys = new Map<string, string>();
    for (const scope of ['read', 'write', 'admin'])
      keys.set(
        scope,
        await api.key(
          own.id,
          ['read', 'write', 'admin'].filter((each) => each !== scope),
        ),
      );
    for (const { method, path, security } of routes) {
      const scope = security.find((scheme) => 'tenant' in scheme)?.tenant?.[0];
      if (scope === undefined) continue;
      const { status, json } = await api.ask(method, path, { key: keys.get(scope) });
      expect([method, path, status]).toEqual([method, path, 403]);
      expect(json.detail).toContain(`"${scope}"`);
    }
  });

  it('answers for a thing of another tenant as for one that never was', async () => {
    await api.ask('PUT', '/v1/workflows/secret-plan', { key: own.key, body: { id: 'secret-plan', name: 'Secret plan' } });
    const connection = await api.ask('POST', '/v1/connections', {
      key: own.key,
      body: { channel: 'whatsapp', name: 'line', account: '15550001111', settings: {}, secrets: { accessToken: 'EAAG-canary' } },
    });
    expect(connection.status).toBe(201);
    for (const path of ['/v1/workflows/secret-plan', '/v1/workflows/secret-plan/versions', '/v1/workflows/secret-plan/export']) {
      const foreign = await api.ask('GET', path, { key: other.key });
      const unknown = await api.ask('GET', path.replace('secret-plan', 'unknown-one'), { key: other.key });
      expect(foreign.status).toBe(404);
      expect({ ...foreign.json, instance: '' }).toEqual({ ...unknown.json, instance: '' });
    }
    for (const [method, suffix] of [
      ['GET', ''],
      ['PATCH', ''],
      ['POST', '/disable'],
    ] as const) {
      const body = method === 'PATCH' ? { status: 'disabled' } : undefined;
      const foreign = await api.ask(method, `/v1/connections/${connection.json.id}${suffix}`, { key: other.key, body });
      const unknown = await api.ask(method, `/v1/connections/${SOME_ID}${suffix}`, { key: other.key, body });
      expect(foreign.status).toBe(404);
      expect({ ...foreign.json, instance: '' }).toEqual({ ...unknown.json, instance: '' });
    }
    expect((await api.ask('GET', '/v1/workflows', { key: other.key })).json.items).toEqual([]);
    expect((await api.ask('GET', '/v1/connections', { key: other.key })).json.items).toEqual([]);
    expect((await api.ask('GET', `/v1/connections/${connection.json.id}`, { key: own.key })).json.status).toBe('active');
  });

  it('takes a tenant from no header and no body', async () => {
    const headers = { 'x-tenant-id': own.id, 'tenant-id': own.id };
    expect((await api.ask('GET', '/v1/workflows', { key: other.key, headers })).json.items).toEqual([]);
    const smuggled = await api.ask('POST', '/v1/api-keys', {
      key: other.key,
      body: { name: 'x', scopes: ['read'], tenantId: own.id },
    });
    expect([smuggled.status, smuggled.json.errors[0].code]).toEqual([400, 'unknown_field']);
  });

  it('S19: shows a key once and its secret never again', async () => {
    const created = await api.ask('POST', '/v1/api-keys', { key: own.key, body: { name: 'shown-once', scopes: ['read'] } });
    expect(created.status).toBe(201);
    expect(created.json.key).toMatch(/^wf_[a-z2-9]{10}_/);
    expect(created.text).not.toContain('hash');
    const listed = await api.ask('GET', '/v1/api-keys', { key: own.key });
    expect(listed.text).toContain('shown-once');
    expect(listed.text).not.toContain(created.json.key);
    expect(listed.text).not.toContain('hash');
  });

  it('S19: refuses a revoked key within five seconds', async () => {
    const created = await api.ask('POST', '/v1/api-keys', { key: own.key, body: { name: 'short-lived', scopes: ['read'] } });
    const { key, id } = created.json;
    expect((await api.ask('GET', '/v1/workflows', { key })).status).toBe(200);
    expect((await api.ask('DELETE', `/v1/api-keys/${id}`, { key: other.key })).status).toBe(404);
    expect((await api.ask('DELETE', `/v1/api-keys/${id}`, { key: own.key })).status).toBe(204);
    const deadline = performance.now() + 5_000;
    let status = 200;
    while (status === 200 && performance.now() < deadline) {
      await pause(250);
      status = (await api.ask('GET', '/v1/workflows', { key })).status;
    }
    expect(status).toBe(401);
  });

  it('S18: shows of a secret only that it is set, and stores it sealed', async () => {
    const body = {
      channel: 'whatsapp',
      name: 'sealed',
      account: '15550002222',
      settings: {},
      secrets: { accessToken: 'EAAG-canary' },
    };
    const { json, text } = await api.ask('POST', '/v1/connections', { key: own.key, body });
    expect(json.secretsSet).toEqual(['accessToken']);
    expect(text).not.toContain('canary');
    const stored = await api.test?.admin.query<{ secrets: Record<string, string> }>(
      'select secrets from workflows.connections where id = $1',
      [json.id],
    );
    expect(stored?.rows[0]?.secrets['accessToken']).toMatch(/^v1\.default\./);
    expect(JSON.stringify(stored?.rows)).not.toContain('canary');
  });

  it('S22: is the last to go: makes an address wait that keeps guessing, and lets proven keys pass', async () => {
    expect((await api.ask('GET', '/v1/workflows', { key: own.key })).status).toBe(200);
    const statuses: number[] = [];
    for (let guess = 0; guess < 15; guess += 1)
      statuses.push((await api.ask('GET', '/v1/workflows', { key: `guess-${guess}` })).status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    const blocked = await api.ask('GET', '/v1/workflows', { key: 'one-more-guess' });
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await api.ask('GET', '/v1/workflows', { key: own.key })).status).toBe(200);
  });
});

function routesOf(document: { paths: Record<string, Record<string, { security?: Route['security'] }>> }): Route[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { security = [] }]) => ({
      method: method.toUpperCase(),
      path: path
        .replaceAll(/\{(tenantId|keyId|connectionId|executionId|conversationId)\}/g, SOME_ID)
        .replaceAll(/\{[a-zA-Z]+\}/g, '1'),
      security,
    })),
  );
}
