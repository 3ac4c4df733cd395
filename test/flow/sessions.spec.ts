import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import { type EngineProcess, freePort, startEngine } from '../support/engine-process.js';

type Workflow = JsonObject & { id: string };

const CUSTOMER = '5511987650031';

/** Works on an order until somebody says that it is done; one order at a time. */
const orders = (id: string, session: JsonObject): Workflow => ({
  dsl: '1.0',
  id,
  name: id,
  triggers: [
    {
      id: 'api',
      type: 'call',
      contact: false,
      input: {
        type: 'object',
        properties: { order: { type: 'string' }, n: { type: 'integer' } },
        required: ['order', 'n'],
      },
      session: { key: '{{ event.input.order }}', ...session },
    },
  ],
  start: 'work',
  nodes: {
    work: {
      type: 'wait.event',
      with: { name: 'order.done', key: '{{ event.input.order }}', since: 'step' },
      timeout: 'P1D',
      next: 'done',
      on: { timeout: 'done' },
    },
    done: { type: 'end', with: { output: '{{ event.input.n }}' } },
  },
});

/** Gathers what a sender says in quick succession about one thing. */
const bursts: Workflow = {
  dsl: '1.0',
  id: 'bursts',
  name: 'Bursts',
  triggers: [
    {
      id: 'changed',
      type: 'event',
      name: 'stock.changed',
      data: { type: 'object', properties: { left: { type: 'integer' } }, required: ['left'] },
      session: { key: '{{ event.key }}', debounce: 'PT20S', maxDebounce: 'PT2M' },
    },
  ],
  start: 'done',
  nodes: { done: { type: 'end', with: { output: '{{ event.items.map(i, i.data.left) }}' } } },
};

/** Says one thing after the other, however fast they are asked for. */
const letters: Workflow = {
  dsl: '1.0',
  id: 'letters',
  name: 'Letters',
  triggers: [
    {
      id: 'word',
      type: 'channel.message',
      channels: ['whatsapp'],
      keywords: ['letter'],
      keywordMatch: 'prefix',
      session: { onActive: 'queue' },
    },
  ],
  start: 'begin',
  nodes: {
    begin: { type: 'message.send', with: { text: 'begin {{ event.text }}' }, next: 'rest' },
    rest: { type: 'wait.for', with: { duration: 'PT1S' }, next: 'end_it' },
    end_it: { type: 'message.send', with: { text: 'end {{ event.text }}' }, next: 'done' },
    done: { type: 'end', with: {} },
  },
};

interface Run {
  id: string;
  status: string;
  reason: string | null;
  output: unknown;
}

describe('sessions', () => {
  let deployment: Deployment;
  let tenant: Tenant;
  let second: EngineProcess;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    const workflows = (['queue', 'resume', 'ignore', 'restart'] as const).map((onActive) => orders(onActive, { onActive }));
    tenant = await deployment.tenant([...workflows, bursts, letters]);
    second = await startEngine({ ...deployment.environment, PORT: String(await freePort()) });
  }, 60_000);

  afterAll(async () => {
    await second.kill();
    await deployment.close();
  }, 30_000);

  async function start(workflow: string, order: string, n: number): Promise<string> {
    const body = { workflow, input: { order, n } };
    return (await tenant.rest.post<{ executionId: string }>('/v1/executions', body)).executionId;
  }

  const done = (order: string) => tenant.rest.post('/v1/events', { name: 'order.done', key: order });

  /** A run is not there before its letter is read. */
  async function run(id: string): Promise<Run | null> {
    return tenant.rest.get<Run>(`/v1/executions/${id}`).catch(() => null);
  }

  async function as(id: string, expected: Partial<Run>): Promise<Run> {
    const found = await eventually(
      () => run(id),
      (seen) => seen !== null && Object.entries(expected).every(([name, value]) => seen[name as keyof Run] === value),
    );
    if (found === null) throw new Error('The run was never there');
    return found;
  }

  it('queue: runs are one after the other in the order in which they came, with two processes at work', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await start('queue', 'o-1', n));
    const other = await start('queue', 'o-2', 0);
    await as(ids[0] ?? '', { status: 'waiting', reason: null });
    for (const id of ids.slice(1)) await as(id, { status: 'waiting', reason: 'queued' });
    await as(other, { status: 'waiting', reason: null });
    for (const [n, id] of ids.entries()) {
      await as(id, { status: 'waiting', reason: null });
      await done('o-1');
      expect(await as(id, { status: 'completed' })).toMatchObject({ output: n });
    }
    await as(other, { status: 'waiting' });
  }, 60_000);

  it('queue: ten wait, and what comes then is told that it is too much', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push(await start('queue', 'o-3', n));
    await as(ids[10] ?? '', { status: 'waiting', reason: 'queued' });
    await as(ids[11] ?? '', { status: 'cancelled', reason: 'session.full' });
  }, 60_000);

  it('queue: a crash, a cancel and an end by time let the next one begin all the same', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) ids.push(await start('queue', 'o-4', n));
    await as(ids[3] ?? '', { status: 'waiting', reason: 'queued' });
    await second.kill();
    await deployment.start();
    second = await startEngine({ ...deployment.environment, PORT: String(await freePort()) });
    await tenant.rest.post(`/v1/executions/${ids[1]}/cancel`, { reason: 'not needed' });
    await as(ids[1] ?? '', { status: 'cancelled', reason: 'not needed' });
    await tenant.rest.post(`/v1/executions/${ids[0]}/cancel`, { reason: 'not needed' });
    await as(ids[2] ?? '', { status: 'waiting', reason: null });
    await deployment.advance(86_400_000);
    await as(ids[2] ?? '', { status: 'completed' });
    await as(ids[3] ?? '', { status: 'waiting', reason: null });
  }, 60_000);

  it.each([
    ['resume', 'session.active'],
    ['ignore', 'session.ignored'],
  ])(
    '%s: nothing starts while a run is alive, and whoever asked can see why',
    async (workflow, reason) => {
      const first = await start(workflow, 'o-5', 1);
      await as(first, { status: 'waiting' });
      await as(await start(workflow, 'o-5', 2), { status: 'cancelled', reason });
      await done('o-5');
      await as(first, { status: 'completed' });
      await as(await start(workflow, 'o-5', 3), { status: 'waiting' });
    },
    60_000,
  );

  it('restart: the run that is alive makes room', async () => {
    const first = await start('restart', 'o-6', 1);
    await as(first, { status: 'waiting' });
    const next = await start('restart', 'o-6', 2);
    await as(first, { status: 'cancelled', reason: 'restarted' });
    await as(next, { status: 'waiting' });
  }, 60_000);

  it('debounce: a burst of events is one run, with all of them in order', async () => {
    const change = (key: string, left: number) => tenant.rest.post('/v1/events', { name: 'stock.changed', key, data: { left } });
    for (const left of [3, 2, 1]) {
      await change('lamp', left);
      await eventually(
        async () => (await tenant.rest.get<{ items: Run[] }>('/v1/executions?workflow=bursts&limit=50')).items,
        (items) => items.length >= 4 - left,
      );
    }
    await change('desk', 7);
    await eventually(
      async () => (await tenant.rest.get<{ items: Run[] }>('/v1/executions?workflow=bursts&limit=50')).items,
      (items) => items.length === 4,
    );
    await deployment.advance(60_000);
    const { items } = await eventually(
      () => tenant.rest.get<{ items: Run[] }>('/v1/executions?workflow=bursts&limit=50'),
      (page) => page.items.filter(({ status }) => status === 'completed').length === 2,
    );
    const ended = await Promise.all(items.map(({ id }) => run(id)));
    expect(ended.flatMap((each) => (each?.status === 'completed' ? [each.output] : []))).toEqual(
      expect.arrayContaining([[3, 2, 1], [7]]),
    );
    expect(ended.filter((each) => each?.reason === 'session.joined')).toHaveLength(2);
  }, 60_000);

  it('queue: a contact who asks for several things gets them one after the other', async () => {
    for (const [index, what] of ['letter a', 'letter b', 'letter c'].entries()) {
      await deployment.emulator.say(CUSTOMER, { text: what, name: 'Ana' });
      await eventually(
        () => tenant.rest.get<{ items: Run[] }>('/v1/executions?workflow=letters'),
        (page) => page.items.length === index + 1,
      );
    }
    const sent = await deployment.sentTo(CUSTOMER, 6);
    const said = ['a', 'b', 'c'].flatMap((what) => [`begin letter ${what}`, `end letter ${what}`]);
    expect(sent.map(({ text }) => text)).toEqual(said);
  }, 60_000);
});
