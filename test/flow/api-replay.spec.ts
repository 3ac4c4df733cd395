import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadGraph, replay, stateHash } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';
import { ApiUnderTest, type TestTenant } from './api-under-test.js';

const order = {
  dsl: '1.0',
  id: 'order',
  name: 'Order',
  vars: { mail: { type: 'string', format: 'email' }, tier: { type: 'string', default: 'basic' } },
  triggers: [
    {
      id: 'api',
      type: 'call',
      contact: false,
      input: {
        type: 'object',
        properties: { mail: { type: 'string' }, spent: { type: 'number' } },
        required: ['mail', 'spent'],
      },
      assign: { 'vars.mail': '{{ event.input.mail }}' },
    },
  ],
  start: 'rest',
  nodes: {
    rest: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'tier' },
    tier: { type: 'switch', cases: [{ when: 'event.input.spent > 100', next: 'gold' }], default: 'bye' },
    gold: { type: 'set', assign: { 'vars.tier': 'gold' }, next: 'bye' },
    bye: { type: 'end', with: { output: '{{ vars.mail }} is {{ vars.tier }}' } },
  },
};

describe('a run, computed again over REST', () => {
  let api: ApiUnderTest;
  let tenant: TestTenant;
  let run: string;

  const ask = (method: string, path: string, body?: unknown) => api.ask(method, path, { key: tenant.key, body });

  async function until(status: string): Promise<void> {
    for (;;) {
      const { json } = await ask('GET', `/v1/executions/${run}`);
      if (json.status === status) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  beforeAll(async () => {
    api = await ApiUnderTest.start({ ROLE: 'all', SWEEP_INTERVAL: 'PT0.2S' });
    tenant = await api.tenant('keeper');
    await ask('PUT', '/v1/workflows/order', order);
    expect((await ask('POST', '/v1/workflows/order/publish')).status).toBe(201);
    const input = { mail: 'ana@example.com', spent: 120 };
    run = (await ask('POST', '/v1/executions', { workflow: 'order', input })).json.executionId;
    await until('waiting');
    await api.test?.advance(3_600_000);
    await until('completed');
  }, 60_000);

  afterAll(() => api.stop());

  it('is the run that is stored', async () => {
    const { status, json } = await ask('POST', `/v1/executions/${run}/replay`);
    expect([status, json]).toEqual([
      200,
      {
        executionId: run,
        revision: 2,
        events: expect.any(Number),
        equal: true,
        hash: json.recordedHash,
        recordedHash: json.hash,
        firstDifference: null,
      },
    ]);
  });

  it('shows every state that it went through, and what changed between two', async () => {
    const first = await ask('GET', `/v1/executions/${run}/states/1`);
    expect(first.json).toMatchObject({
      revision: 1,
      state: { status: 'waiting', tokens: [{ node: 'rest' }], vars: { tier: 'basic' } },
    });
    expect((await ask('GET', `/v1/executions/${run}/states/1?event=1`)).json).toMatchObject({
      events: 1,
      state: { status: 'running' },
    });
    expect((await ask('GET', `/v1/executions/${run}/states/2`)).json.state.status).toBe('completed');
    expect((await ask('GET', `/v1/executions/${run}/states/3`)).status).toBe(404);

    const { json } = await ask('GET', `/v1/executions/${run}/changes`);
    expect([json.from, json.to]).toEqual([1, 2]);
    expect(json.events.map(({ type }: { type: string }) => type)).toContain('timer');
    expect(json.values).toContainEqual({ change: 'changed', path: '/vars/tier', from: 'basic', to: 'gold' });
    expect((await ask('GET', `/v1/executions/${run}/changes?to=1`)).json).toMatchObject({ from: 0, to: 1 });
    expect((await ask('GET', `/v1/executions/${run}/changes?from=2&to=1`)).status).toBe(400);
  });

  it.each([false, true])('leaves as a file that any build can replay; masked: %s', async (mask) => {
    const { status, json, text } = await ask('GET', `/v1/executions/${run}/history?mask=${mask}`);
    expect(status).toBe(200);
    const state = replay(loadGraph(json.definition, { nodeTypes: NODE_SPECS }), json.events);
    expect([stateHash(state), state.status, state.output]).toEqual([
      json.hash,
      'completed',
      mask ? 'xxx@xxxxxxx.xxx xx xxxx' : 'ana@example.com is gold',
    ]);
    expect(text.includes('ana@example.com')).toBe(!mask);
  });

  it('belongs to its tenant', async () => {
    const other = await api.tenant('stranger');
    for (const [method, path] of [
      ['POST', 'replay'],
      ['GET', 'states/1'],
      ['GET', 'changes'],
      ['GET', 'history'],
    ] as const)
      expect((await api.ask(method, `/v1/executions/${run}/${path}`, { key: other.key })).status).toBe(404);
  });

  it('says where to look when what is stored is something else', async () => {
    await api.test?.admin.query(
      `update workflows.executions set state = jsonb_set(state, '{vars,tier}', '"silver"') where id = $1`,
      [run],
    );
    const { json } = await ask('POST', `/v1/executions/${run}/replay`);
    expect(json).toMatchObject({
      equal: false,
      firstDifference: {
        kind: 'state',
        revision: 2,
        values: [{ change: 'changed', path: '/vars/tier', from: 'silver', to: 'gold' }],
      },
    });
    await api.test?.admin.query('delete from workflows.execution_events where execution_id = $1 and revision = 1', [run]);
    expect((await ask('POST', `/v1/executions/${run}/replay`)).status).toBe(409);
  });
});
