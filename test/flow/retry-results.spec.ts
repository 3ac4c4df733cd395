import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import { Service } from '../support/service.js';

/** One branch fails at once, while the other waits for what becomes of what it has given out. */
const beside = (id: string, url: string, other: JsonObject, triggers: JsonObject): JsonObject & { id: string } => ({
  dsl: '1.0',
  id,
  name: id,
  triggers: [{ id: 'api', type: 'call', ...triggers }],
  start: 'all',
  nodes: {
    all: { type: 'parallel', branches: { told: 'other', rated: 'rate' }, join: 'met' },
    other,
    rate: { type: 'http.request', with: { method: 'GET', url: `${url}/rate`, response: 'none' }, next: 'met' },
    met: { type: 'join', next: 'done' },
    done: { type: 'end', with: { output: '{{ steps.met.arrived.size() }}' } },
  },
});

const telling = (url: string) =>
  beside(
    'telling',
    url,
    {
      type: 'message.send',
      with: { text: 'On its way.', await: 'delivered' },
      timeout: 'P1D',
      next: 'met',
      on: { timeout: 'met' },
    },
    { contact: true, window: 'PT2H' },
  );

const asking = (url: string) =>
  beside(
    'asking',
    url,
    {
      type: 'http.request',
      with: { method: 'GET', url: `${url}/slow`, response: 'none' },
      deadline: 'PT1H',
      next: 'met',
    },
    { contact: false },
  );

/** The other branch is about to call when this one fails, so it never does. */
const counting = (url: string): JsonObject & { id: string } => ({
  dsl: '1.0',
  id: 'counting',
  name: 'counting',
  triggers: [
    {
      id: 'api',
      type: 'call',
      contact: false,
      input: { type: 'object', required: ['n'], properties: { n: { type: 'string' } } },
    },
  ],
  start: 'all',
  nodes: {
    all: { type: 'parallel', branches: { told: 'other', rated: 'rate' }, join: 'met' },
    other: { type: 'http.request', with: { method: 'PUT', url: `${url}/put`, response: 'none' }, deadline: 'PT1H', next: 'met' },
    rate: { type: 'wait.for', with: { duration: '{{ event.input.n }}' }, next: 'met' },
    met: { type: 'join', next: 'done' },
    done: { type: 'end', with: { output: '{{ steps.met.arrived.size() }}' } },
  },
});

interface Run {
  status: string;
  output: unknown;
}

interface Timeline {
  steps: Array<{ node: string; effects: Array<{ state: string; receipt: string | null }> }>;
}

describe('a failed run that is retried', () => {
  const service = new Service();
  const customer = '5511977770104';
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    const url = await service.start();
    deployment = await Deployment.create({ environment: { EGRESS_ALLOW_PRIVATE: service.host } });
    await deployment.start();
    tenant = await deployment.tenant([telling(url), asking(url), counting(url)]);
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
    await service.stop();
  }, 30_000);

  const until = (id: string, status: string) =>
    eventually(
      () => tenant.rest.get<Run>(`/v1/executions/${id}`),
      (run) => run.status === status,
    );
  const effectsOf = async (id: string) => {
    const { steps } = await tenant.rest.get<Timeline>(`/v1/executions/${id}/timeline`);
    return steps.flatMap(({ node, effects }) => (node === 'other' ? effects : []));
  };
  const retried = async (id: string) => {
    service.at['/rate'] = { status: 200 };
    await tenant.rest.post(`/v1/executions/${id}/retry`, {});
    expect(await until(id, 'completed')).toMatchObject({ output: 2 });
    await expect(tenant.rest.post(`/v1/executions/${id}/replay`, {})).resolves.toMatchObject({ equal: true });
  };

  it('hears of the receipt that came to another branch while it lay failed', async () => {
    service.at['/rate'] = { status: 422 };
    await deployment.emulator.addFault({ kind: 'statuses_late', delayMs: 2_000, count: 1 });
    const contact = { connection: 'main', address: `+${customer}` };
    // The window is open: the contact has written.
    await deployment.emulator.say(customer, { text: 'hello' });
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', {
      workflow: 'telling',
      input: {},
      contact,
    });
    await until(executionId, 'failed');
    const received = (receipt: string | null) => receipt === 'delivered' || receipt === 'read';
    const early = await effectsOf(executionId);
    expect(early.some(({ receipt }) => received(receipt))).toBe(false);
    await eventually(
      () => effectsOf(executionId),
      (effects) => effects.some(({ receipt }) => received(receipt)),
    );
    await retried(executionId);
    expect(await deployment.sentTo(customer, 2, 500)).toHaveLength(1);
  }, 60_000);

  it('hears of the answer that another branch was given while it failed, and asks no second time', async () => {
    service.at['/rate'] = { status: 422 };
    service.at['/slow'] = { afterMs: 700 };
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', { workflow: 'asking', input: {} });
    await until(executionId, 'failed');
    await eventually(
      () => effectsOf(executionId),
      (effects) => effects.some(({ state }) => state === 'sent'),
    );
    await retried(executionId);
    expect(service.requests.filter(({ path }) => path === '/slow')).toHaveLength(1);
  }, 60_000);

  it('makes the call that another branch was about to make when it failed', async () => {
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', {
      workflow: 'counting',
      input: { n: 'none' },
    });
    await until(executionId, 'failed');
    const calls = () => service.requests.filter(({ path }) => path === '/put').length;
    expect(calls()).toBe(0);
    await tenant.rest.post(`/v1/executions/${executionId}/skip`, { node: 'rate' });
    expect(await until(executionId, 'completed')).toMatchObject({ output: 2 });
    expect(calls()).toBe(1);
    await expect(tenant.rest.post(`/v1/executions/${executionId}/replay`, {})).resolves.toMatchObject({ equal: true });
  }, 60_000);
});
