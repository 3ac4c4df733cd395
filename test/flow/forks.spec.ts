import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import { Service } from '../support/service.js';

/** A call, an hour, another call. */
const shipping = (url: string): JsonObject & { id: string } => ({
  dsl: '1.0',
  id: 'shipping',
  name: 'Shipping',
  vars: { place: { type: 'string', default: 'home' } },
  triggers: [{ id: 'api', type: 'call', contact: false, input: { type: 'object', properties: { n: { type: 'integer' } } } }],
  start: 'pack',
  nodes: {
    pack: {
      type: 'http.request',
      with: { method: 'PUT', url: `${url}/pack` },
      assign: { 'vars.place': 'depot {{ string(output.status) }}' },
      next: 'rest',
    },
    rest: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'send' },
    send: { type: 'http.request', with: { method: 'PUT', url: `${url}/send` }, next: 'done' },
    done: { type: 'end', with: { output: '{{ vars.place }}' } },
  },
});

const asking: JsonObject & { id: string } = {
  dsl: '1.0',
  id: 'asking',
  name: 'Asking',
  triggers: [{ id: 'keyword', type: 'channel.message', channels: ['whatsapp'], keywords: ['ask'] }],
  start: 'colour',
  nodes: {
    colour: question('Which colour?', 'size'),
    size: question('Which size?', 'thanks'),
    thanks: {
      type: 'message.send',
      with: { text: '{{ steps.colour.value }}, {{ steps.size.value }}', await: 'accepted' },
      next: 'done',
    },
    done: { type: 'end', with: { status: 'completed' } },
  },
};

/** A question beside two hours. */
const travel: JsonObject & { id: string } = {
  dsl: '1.0',
  id: 'travel',
  name: 'Travel',
  vars: { place: { type: 'string', default: '' } },
  triggers: [{ id: 'api', type: 'call', contact: true, window: 'PT2H' }],
  start: 'both',
  nodes: {
    both: { type: 'parallel', branches: { talk: 'where', wait: 'rest' }, join: 'met' },
    where: {
      type: 'message.ask',
      with: { text: 'Where to?', expect: { kind: 'text' } },
      save: 'vars.place',
      timeout: 'P1D',
      next: 'met',
      on: { timeout: 'met', exhausted: 'met' },
    },
    rest: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'more' },
    more: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'met' },
    met: { type: 'join', next: 'done' },
    done: { type: 'end', with: { output: '{{ vars.place }}' } },
  },
};

function question(text: string, next: string): JsonObject {
  const expecting = { text, expect: { kind: 'text' } };
  return { type: 'message.ask', with: expecting, timeout: 'P1D', next, on: { timeout: 'done', exhausted: 'done' } };
}

interface Run {
  id: string;
  status: string;
  output: unknown;
  reason: string | null;
  state: JsonObject | null;
}

interface Forked {
  executionId: string;
  repeated: boolean;
}

describe('forks of runs', () => {
  const service = new Service();
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    const url = await service.start();
    deployment = await Deployment.create({ environment: { EGRESS_ALLOW_PRIVATE: service.host } });
    await deployment.start();
    tenant = await deployment.tenant([shipping(url), asking, travel]);
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
  const fork = (id: string, body: JsonObject, headers = {}) =>
    tenant.rest.post<Forked>(`/v1/executions/${id}/fork`, body, headers);
  const replay = (id: string) => tenant.rest.post<{ equal: boolean }>(`/v1/executions/${id}/replay`, {});
  const newest = async (status: string) => {
    const { items } = await tenant.rest.get<{ items: Run[] }>(`/v1/executions?workflow=asking&status=${status}`);
    return items[0]?.id ?? '';
  };

  it('go on from the step with the state before it, under ids and keys of their own, once for each key', async () => {
    const { executionId } = await tenant.rest.post<Forked>('/v1/executions', { workflow: 'shipping', input: { n: 1 } });
    await until(executionId, 'waiting');
    await deployment.advance(2 * 3_600_000);
    await until(executionId, 'completed');
    const keys = () =>
      service.requests.filter(({ path }) => path === '/send').map(({ headers }) => String(headers['idempotency-key']));
    expect(keys()).toHaveLength(1);

    const key = { 'idempotency-key': 'again' };
    const forked = await fork(executionId, { step: 3 }, key);
    expect(await until(forked.executionId, 'completed')).toMatchObject({
      output: 'depot 200',
      state: { forkedFrom: { executionId, step: 3 }, event: { input: { n: 1 } } },
    });
    expect(await fork(executionId, { step: 3 }, key)).toEqual({ executionId: forked.executionId, repeated: true });
    await expect(fork(executionId, { step: 2 }, key)).rejects.toThrow(/409.*order\.key/);
    // The second call is another one for the service, and the first was not made again.
    expect(new Set(keys()).size).toBe(2);
    expect(service.requests.filter(({ path }) => path === '/pack')).toHaveLength(1);

    expect(await replay(forked.executionId)).toMatchObject({ equal: true });
    expect(await replay(executionId)).toMatchObject({ equal: true });
    const timeline = await tenant.rest.get(`/v1/executions/${forked.executionId}/timeline`);
    expect(timeline).toMatchObject({
      started: { forkedFrom: { executionId, step: 3 } },
      steps: [
        { step: 3, node: 'send' },
        { step: 4, node: 'done' },
      ],
    });
    const { items } = await tenant.rest.get<{ items: unknown[] }>(`/v1/audit?target=execution:${executionId}`);
    expect(items).toEqual([
      expect.objectContaining({
        action: 'execution.fork',
        actor: 'key:test',
        details: { step: 3, replace: false, fork: forked.executionId },
      }),
      expect.objectContaining({ action: 'execution.start' }),
    ]);
  }, 60_000);

  it('go on beside the run that they come from, where no session forbids it', async () => {
    const { executionId } = await tenant.rest.post<Forked>('/v1/executions', { workflow: 'shipping', input: {} });
    await until(executionId, 'waiting');
    const forked = await fork(executionId, { step: 2 });
    await until(forked.executionId, 'waiting');
    await deployment.advance(2 * 3_600_000);
    await until(executionId, 'completed');
    await until(forked.executionId, 'completed');
    // A fork can be forked, from its own steps.
    const again = await fork(forked.executionId, { step: 3 });
    expect(await until(again.executionId, 'completed')).toMatchObject({
      state: { forkedFrom: { executionId: forked.executionId, step: 3 } },
    });
    await expect(fork(forked.executionId, { step: 1 })).rejects.toThrow(/409.*fork\.no_step/);
  }, 60_000);

  it('do not bring a contact into one session twice', async () => {
    const customer = '5511977770102';
    await deployment.emulator.say(customer, { text: 'ask' });
    await deployment.sentTo(customer, 1);
    await deployment.emulator.say(customer, { text: 'blue' });
    await deployment.sentTo(customer, 2);
    const origin = await newest('waiting');

    // The run itself has the session.
    await expect(fork(origin, { step: 2 })).rejects.toThrow(new RegExp(`409.*${origin}.*fork\\.session`));
    const forked = await fork(origin, { step: 2, replace: true });
    expect(await until(origin, 'cancelled')).toMatchObject({ reason: 'replaced' });
    await until(forked.executionId, 'waiting');
    const third = (await deployment.sentTo(customer, 3)).at(-1);
    expect(third?.text).toBe('Which size?');
    await deployment.emulator.say(customer, { text: 'large' });
    const fourth = (await deployment.sentTo(customer, 4)).at(-1);
    expect(fourth?.text).toBe('blue, large');
    await until(forked.executionId, 'completed');
    expect(await replay(forked.executionId)).toMatchObject({ equal: true });
  }, 60_000);

  it('wait for the answer to what the run has asked in another branch, without asking again', async () => {
    const customer = '5511977770105';
    await deployment.emulator.say(customer, { text: 'hello' });
    const contact = { connection: 'main', address: `+${customer}` };
    const { executionId } = await tenant.rest.post<Forked>('/v1/executions', { workflow: 'travel', input: {}, contact });
    await deployment.sentTo(customer, 1);
    await deployment.advance(61 * 60_000);
    await eventually(
      () => tenant.rest.get<{ nodes: string[] }>(`/v1/executions/${executionId}`),
      ({ nodes }) => nodes.includes('more'),
    );
    await tenant.rest.post(`/v1/executions/${executionId}/cancel`, {});
    await until(executionId, 'cancelled');

    const forked = await fork(executionId, { step: 4 });
    await until(forked.executionId, 'waiting');
    await deployment.emulator.say(customer, { text: 'Rome' });
    await eventually(
      () => tenant.rest.get<{ nodes: string[] }>(`/v1/executions/${forked.executionId}`),
      ({ nodes }) => !nodes.includes('where'),
    );
    await deployment.advance(61 * 60_000);
    expect(await until(forked.executionId, 'completed')).toMatchObject({ output: 'Rome' });
    expect(await deployment.sentTo(customer, 2, 500)).toHaveLength(1);
    expect(await replay(forked.executionId)).toMatchObject({ equal: true });
  }, 60_000);

  it('are over before their first step when another one was faster to the session', async () => {
    const customer = '5511977770103';
    await deployment.emulator.say(customer, { text: 'ask' });
    await deployment.sentTo(customer, 1);
    const origin = await newest('waiting');
    await tenant.rest.post(`/v1/executions/${origin}/cancel`, {});
    await until(origin, 'cancelled');

    const asked = await Promise.allSettled(Array.from({ length: 4 }, () => fork(origin, { step: 1 })));
    const placed = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value.executionId] : []));
    for (const each of asked) if (each.status === 'rejected') expect(String(each.reason)).toMatch(/409.*fork\.session/);
    const runs = await Promise.all(
      placed.map((id) =>
        eventually(
          () => tenant.rest.get<Run>(`/v1/executions/${id}`),
          ({ status }) => status === 'waiting' || status === 'cancelled',
        ),
      ),
    );
    expect(runs.filter(({ status }) => status === 'waiting')).toHaveLength(1);
    for (const run of runs) if (run.status === 'cancelled') expect(run.reason).toBe('session');
    // Only one of them has asked the contact again.
    await deployment.sentTo(customer, 2);
    expect(await deployment.sentTo(customer, 3, 1_000)).toHaveLength(2);
  }, 60_000);

  it('are not made where nobody knows yet what became of what was given out before', async () => {
    service.status = 200;
    const { executionId } = await tenant.rest.post<Forked>('/v1/executions', { workflow: 'shipping', input: {} });
    await until(executionId, 'waiting');
    await deployment.database.admin.query(
      "update workflows.effects set state = 'unknown' where execution_id = $1 and step = 1 and kind = 'http'",
      [executionId],
    );
    await expect(fork(executionId, { step: 2 })).rejects.toThrow(/409.*http.*pack.*step 1.*unknown.*fork\.effect/);
    const first = await fork(executionId, { step: 1 });
    await until(first.executionId, 'waiting');
  }, 60_000);
});
