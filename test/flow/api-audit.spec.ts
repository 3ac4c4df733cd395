import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { type Operation, operationsOf } from '../isolation/operations.js';
import { REQUESTS, thingOf, THINGS } from '../isolation/requests.js';
import { plantVictim } from '../isolation/world.js';
import { eventually } from '../support/deployment.js';
import { type Answer, ApiUnderTest, OPERATOR_KEY } from './api-under-test.js';

/** Operations that only ask, though they are no GET. */
const ASKS = [
  'POST /v1/workflows/validate',
  'POST /v1/workflows/test',
  'POST /v1/workflows/{workflowId}/validate',
  'POST /v1/executions/{executionId}/replay',
];

interface Entry {
  actor: string;
  action: string;
  target: string;
}

/** What an operation needs to be carried out; the rest is asked for as the matrix of test/isolation does. */
interface Prepared {
  things?: Record<string, string>;
  body?: unknown;
}

describe('the audit log', () => {
  let api: ApiUnderTest;
  let key: string;
  let operations: Operation[];
  let conversation = '';

  const ask = (method: string, path: string, body?: unknown) => api.ask(method, path, { key, body });
  const sql = async (text: string) => (await api.test?.admin.query<Entry>(text))?.rows ?? [];
  const rows = () => sql('select actor, action, target from workflows.audit_log order by tenant_id, position');
  const start = async (workflow: string, status: string, more: JsonObject = {}): Promise<string> => {
    const { json } = await ask('POST', '/v1/executions', { workflow, ...more });
    const id: string = json.executionId;
    await eventually(
      async () => (await ask('GET', `/v1/executions/${id}`)).json as { status: string },
      (run) => run.status === status,
    );
    return id;
  };
  const paused = async (): Promise<string> => {
    const id = await start('nap', 'waiting');
    await ask('POST', `/v1/executions/${id}/pause`);
    await eventually(
      async () => (await ask('GET', `/v1/executions/${id}`)).json as { status: string },
      (run) => run.status === 'paused',
    );
    return id;
  };
  const openTask = async (): Promise<string> => {
    await start('decide', 'waiting');
    const { json } = await ask('GET', '/v1/tasks?queue=audited&status=open');
    return json.items[0].id;
  };
  const slotIs = (status: string) =>
    sql(`update workflows.schedule_slots set status = '${status}', ended_at = null, due_at = null`);

  /** Not the one that is asked with: it would be refused a few seconds later, with everything that comes then. */
  const spareKey = async (): Promise<Prepared> => {
    const { json } = await ask('POST', '/v1/api-keys', { name: 'spare', scopes: ['read'] });
    return { things: { keyId: json.id } };
  };

  const PREPARE: Record<string, () => Promise<Prepared>> = {
    'DELETE /v1/api-keys/{keyId}': spareKey,
    'DELETE /v1/tenants/{tenantId}/api-keys/{keyId}': spareKey,
    'POST /v1/tenants': async () => ({ body: { slug: 'audited', name: 'Audited' } }),
    'POST /v1/connections': async () => ({
      body: { channel: 'whatsapp', name: 'second', account: '15550100777', secrets: { accessToken: 'a-token' } },
    }),
    'POST /v1/tables': async () => ({
      body: { name: 'fresh', columns: { type: 'object', properties: { a: { type: 'string' } } } },
    }),
    'DELETE /v1/tables/{table}': async () => ({ things: { table: 'fresh' } }),
    'POST /v1/workflows/{workflowId}/rollback': async () => ({ body: { version: 2 } }),
    'POST /v1/executions': async () => ({ body: { workflow: 'nap' } }),
    'POST /v1/executions/{executionId}/cancel': async () => ({ things: { executionId: await start('nap', 'waiting') } }),
    'POST /v1/executions/{executionId}/pause': async () => ({ things: { executionId: await start('nap', 'waiting') } }),
    'POST /v1/executions/{executionId}/resume': async () => ({ things: { executionId: await paused() } }),
    'POST /v1/executions/{executionId}/retry': async () => ({ things: { executionId: await start('broken', 'failed') } }),
    'POST /v1/executions/{executionId}/skip': async () => ({
      things: { executionId: await start('nap', 'waiting') },
      body: { node: 'rest' },
    }),
    'POST /v1/conversations/{conversationId}/close': async () => ({ things: { conversationId: conversation } }),
    'POST /v1/tasks/{taskId}/approve': async () => ({ things: { taskId: await openTask() } }),
    'POST /v1/tasks/{taskId}/reject': async () => ({ things: { taskId: await openTask() } }),
    'POST /v1/schedules/{workflowId}/{trigger}/pause': async () => {
      await sql('update workflows.schedules set paused_at = null');
      return {};
    },
    'POST /v1/schedules/{workflowId}/{trigger}/slots/{slot}/pause': async () => {
      await slotIs('open');
      return {};
    },
    'POST /v1/schedules/{workflowId}/{trigger}/slots/{slot}/resume': async () => {
      await slotIs('paused');
      return {};
    },
    'POST /v1/schedules/{workflowId}/{trigger}/slots/{slot}/cancel': async () => {
      await slotIs('paused');
      return {};
    },
  };

  beforeAll(async () => {
    api = await ApiUnderTest.start({ ROLE: 'all', SWEEP_INTERVAL: 'PT0.2S' });
    ({ key } = await plantVictim(api));
    await ask('PUT', '/v1/queues/audited', { title: 'Audited' });
    for (const workflow of [nap, broken, decide, help]) {
      await ask('PUT', `/v1/workflows/${workflow.id}`, workflow);
      expect((await ask('POST', `/v1/workflows/${workflow.id}/publish`)).status).toBe(201);
    }
    // While the connection is there: it is among what is taken away.
    const contact = { connection: 'main', address: '+5511977770109' };
    const helped = await start('help', 'waiting', { contact });
    conversation = (await ask('GET', `/v1/executions/${helped}`)).json.conversationId;
    operations = operationsOf((await api.ask('GET', '/openapi.json')).json).filter(
      ({ method, audience }) => !['GET', 'HEAD'].includes(method) && audience.kind !== 'public',
    );
  }, 60_000);

  afterAll(() => api.stop(), 30_000);

  const valueOf = (operation: Operation, name: string, things: Record<string, string>): string =>
    things[name] ?? THINGS[thingOf(operation, name)]?.victim ?? '';

  async function carryOut(operation: Operation): Promise<Answer> {
    const { things = {}, body } = (await PREPARE[operation.name]?.()) ?? {};
    const usual = REQUESTS[operation.name]?.((thing) => THINGS[thing]?.victim ?? '') ?? {};
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => valueOf(operation, name, things));
    before = await rows();
    return api.ask(operation.method, path, {
      key: operation.audience.kind === 'operator' ? OPERATOR_KEY : key,
      body: body ?? usual.body,
      ...(usual.headers === undefined ? {} : { headers: usual.headers }),
    });
  }

  let before: Entry[] = [];

  it('has exactly one row of each operation of the API that changes something, and none of those that only ask', async () => {
    expect(operations.length).toBeGreaterThan(50);
    const last = ({ method, parameters }: Operation): number => (method === 'DELETE' ? (parameters.length === 1 ? 2 : 1) : 0);
    const ordered = operations.sort((a, b) => last(a) - last(b) || b.parameters.length - a.parameters.length);
    const wrong: unknown[] = [];
    for (const operation of ordered) {
      const { status, text } = await carryOut(operation);
      const added = (await rows()).slice(before.length);
      const expected = ASKS.includes(operation.name) ? 0 : 1;
      if (status >= 300) wrong.push([operation.name, `was not carried out; say in PREPARE what it needs: ${status} ${text}`]);
      else if (added.length !== expected) wrong.push([operation.name, `has ${added.length} rows`, added]);
      for (const { actor, action, target } of added) {
        expect(actor).toMatch(/^(key:read-write-admin|operator)$/);
        expect(action).toMatch(/^[a-z-]+(\.[a-z_-]+)+$/);
        expect(target).toMatch(/^[a-z-]+(:.+)?$/);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('has nothing of what was refused, or had been done before under the same key', async () => {
    const count = (await rows()).length;
    expect((await ask('PUT', '/v1/secrets/x', {})).status).toBe(400);
    expect((await ask('DELETE', '/v1/queues/unheard-of')).status).toBe(404);
    expect(await rows()).toHaveLength(count);
    const headers = { 'idempotency-key': 'once' };
    for (const repeated of [false, true]) {
      const { json } = await api.ask('POST', '/v1/executions', { key, body: { workflow: 'nap' }, headers });
      expect(json.repeated).toBe(repeated);
    }
    expect(await rows()).toHaveLength(count + 1);
  });

  it('says what was changed, by whom, for which request, and in which version', async () => {
    const headers = { 'x-request-id': 'r-7' };
    await ask('PUT', '/v1/workflows/nap', { ...nap, name: 'Nap again' });
    expect((await api.ask('POST', '/v1/workflows/nap/publish', { key, headers })).status).toBe(201);
    const { json } = await ask('GET', '/v1/audit?target=workflow:nap&limit=1');
    expect(json.items).toEqual([
      expect.objectContaining({
        actor: 'key:read-write-admin',
        action: 'workflow.publish',
        requestId: 'r-7',
        details: { version: 2 },
      }),
    ]);
  });

  it('can only be added to, by whomever the engine logs in as', async () => {
    for (const role of ['wf_app', 'wf_road', 'wf_operator'])
      expect(
        await sql(`select p as action from unnest(array['update', 'delete', 'truncate']) p
          where has_table_privilege('${role}', 'workflows.audit_log', p)`),
      ).toEqual([]);
  });
});

const done = { type: 'end', with: { status: 'completed' } };
const flow = (id: string, first: JsonObject, triggers: JsonObject = { contact: false }) => ({
  dsl: '1.0',
  id,
  name: id,
  triggers: [{ id: 'api', type: 'call', ...triggers }],
  start: 'rest',
  nodes: { rest: first, done },
});

const nap = flow('nap', { type: 'wait.for', with: { duration: 'P1D' }, next: 'done' });
/** No address behind the firewall is called. */
const broken = flow('broken', { type: 'http.request', with: { method: 'GET', url: 'http://127.0.0.1:9/' }, next: 'done' });
const decide = flow('decide', {
  type: 'human.approval',
  with: { queue: 'audited', title: 'Yes or no' },
  timeout: 'P1D',
  next: 'done',
  on: { rejected: 'done', timeout: 'done' },
});
const help = flow(
  'help',
  { type: 'human.handoff', with: { queue: 'audited' }, timeout: 'P1D', next: 'done', on: { closed: 'done', timeout: 'done' } },
  { contact: true, window: 'PT1H' },
);
