import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';

type Workflow = JsonObject & { id: string };

const CUSTOMER = '5511987660001';

/** Asks for a rating, as a part of whatever conversation calls it. */
const rating: Workflow = {
  dsl: '1.0',
  id: 'rating',
  name: 'Rating',
  vars: { stars: { type: 'integer' } },
  triggers: [
    {
      id: 'called',
      type: 'call',
      window: 'PT1H',
      input: { type: 'object', properties: { about: { type: 'string' } }, required: ['about'] },
    },
  ],
  start: 'ask',
  nodes: {
    ask: {
      type: 'message.ask',
      with: { text: 'How many stars for {{ event.input.about }}?', expect: { kind: 'number', integer: true, min: 1, max: 5 } },
      save: 'vars.stars',
      timeout: 'PT2H',
      next: 'done',
      on: { timeout: 'silent', exhausted: 'silent' },
    },
    done: { type: 'end', with: { output: { stars: '{{ vars.stars }}' } } },
    silent: { type: 'end', with: { status: 'failed', reason: 'silent' } },
  },
};

/** Calls it twice, each time for another thing. */
const survey: Workflow = {
  dsl: '1.0',
  id: 'survey',
  name: 'Survey',
  triggers: [{ id: 'keyword', type: 'channel.message', channels: ['whatsapp'], keywords: ['survey'] }],
  start: 'room',
  nodes: {
    room: {
      type: 'workflow.call',
      with: { workflow: 'rating', input: { about: 'the room' } },
      output: { type: 'object', properties: { stars: { type: 'integer' } }, required: ['stars'] },
      timeout: 'PT1H',
      next: 'thanks',
      on: { timeout: 'late' },
      catch: [{ errors: ['call.*'], next: 'sorry' }],
    },
    thanks: { type: 'message.send', with: { text: 'Thanks for {{ steps.room.result.stars }} stars.' }, next: 'done' },
    late: { type: 'end', with: { reason: 'late' } },
    sorry: { type: 'end', with: { reason: 'not_rated' } },
    done: { type: 'end', with: { output: '{{ steps.room.result.stars }}' } },
  },
};

/** Without a contact: adds one to its input as long as it is below, by calling another one. */
const adder = (id: string, body: JsonObject): Workflow => ({
  dsl: '1.0',
  id,
  name: id,
  triggers: [
    {
      id: 'called',
      type: 'call',
      contact: false,
      input: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
    },
  ],
  ...body,
});

const addOne = adder('add-one', {
  start: 'check',
  nodes: {
    check: { type: 'switch', cases: [{ when: 'event.input.n > 100', next: 'too_much' }], default: 'done' },
    too_much: { type: 'end', with: { status: 'failed', reason: 'too_much' } },
    done: { type: 'end', with: { output: '{{ event.input.n + 1 }}' } },
  },
});

const addTwo = adder('add-two', {
  vars: { error: { type: 'object', properties: { code: { type: 'string' } } } },
  start: 'first',
  nodes: {
    first: {
      type: 'workflow.call',
      with: { workflow: 'add-one', input: { n: '{{ event.input.n }}' } },
      output: { type: 'integer' },
      timeout: 'PT1H',
      next: 'second',
      on: { timeout: 'failed' },
      catch: [{ errors: ['call.*'], next: 'failed', save: 'vars.error' }],
    },
    second: {
      type: 'workflow.call',
      with: { workflow: 'add-one', version: 1, input: { n: '{{ steps.first.result }}' } },
      output: { type: 'integer' },
      timeout: 'PT1H',
      next: 'tell',
      on: { timeout: 'failed' },
    },
    tell: { type: 'workflow.call', with: { workflow: 'add-one', mode: 'detach', input: { n: 1 } }, next: 'done' },
    failed: { type: 'end', with: { output: "{{ vars.?error.?code.orValue('') }}" } },
    done: { type: 'end', with: { output: '{{ steps.second.result }}' } },
  },
});

interface Execution {
  id: string;
  workflowId: string;
  status: string;
  reason: string | null;
  output: unknown;
  conversationId: string | null;
}

describe('a workflow that calls another', () => {
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    tenant = await deployment.tenant([rating, survey, addOne, addTwo]);
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
  }, 30_000);

  const runs = async (workflow: string): Promise<Execution[]> =>
    (await tenant.rest.get<{ items: Execution[] }>(`/v1/executions?workflow=${workflow}&limit=200`)).items;

  const latest = async (workflow: string, status: string): Promise<Execution> => {
    const found = await eventually(
      async () => (await runs(workflow))[0],
      (run) => run?.status === status,
    );
    return tenant.rest.get<Execution>(`/v1/executions/${found?.id ?? ''}`);
  };

  async function add(n: number): Promise<Execution> {
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', {
      workflow: 'add-two',
      input: { n },
    });
    return eventually(
      () => tenant.rest.get<Execution>(`/v1/executions/${executionId}`),
      ({ status }) => status === 'completed' || status === 'failed',
    );
  }

  it('gets its result, and lets others go their own way', async () => {
    expect(await add(5)).toMatchObject({ status: 'completed', output: 7 });
    const called = await eventually(
      () => runs('add-one'),
      (items) => items.length === 3 && items.every(({ status }) => status === 'completed'),
    );
    expect(called).toHaveLength(3);
  }, 60_000);

  it('catches the error of one that failed', async () => {
    expect(await add(200)).toMatchObject({ status: 'completed', output: 'call.failed' });
  }, 60_000);

  it('gives it the turn in its conversation, and takes it back', async () => {
    await deployment.emulator.say(CUSTOMER, { text: 'survey', name: 'Ana' });
    await deployment.sentTo(CUSTOMER, 1);
    await deployment.emulator.say(CUSTOMER, { text: '4' });
    const sent = await deployment.sentTo(CUSTOMER, 2);
    expect(sent.map(({ text }) => text)).toEqual(['How many stars for the room?', 'Thanks for 4 stars.']);
    const [caller, called] = [await latest('survey', 'completed'), await latest('rating', 'completed')];
    expect([caller.output, called.output]).toEqual([4, { stars: 4 }]);
    expect(called.conversationId).toBe(caller.conversationId);
  }, 60_000);

  it('cancels it when its own time is over, and when it is cancelled', async () => {
    await deployment.emulator.say(CUSTOMER, { text: 'survey' });
    await deployment.sentTo(CUSTOMER, 3);
    await deployment.advance(3_600_000);
    expect((await latest('survey', 'completed')).reason).toBe('late');
    expect((await latest('rating', 'cancelled')).reason).toBe('caller_left');

    await deployment.emulator.say(CUSTOMER, { text: 'survey' });
    await deployment.sentTo(CUSTOMER, 4);
    const caller = await latest('survey', 'waiting');
    await tenant.rest.post(`/v1/executions/${caller.id}/cancel`, { reason: 'test' });
    await latest('survey', 'cancelled');
    await eventually(
      () => runs('rating'),
      (items) => items.filter(({ status }) => status === 'cancelled').length === 2,
    );
  }, 60_000);

  it('is told when somebody else cancels it', async () => {
    await deployment.emulator.say(CUSTOMER, { text: 'survey' });
    await deployment.sentTo(CUSTOMER, 5);
    const called = await latest('rating', 'waiting');
    await tenant.rest.post(`/v1/executions/${called.id}/cancel`, { reason: 'test' });
    expect((await latest('survey', 'completed')).reason).toBe('not_rated');
  }, 60_000);

  it('is refused at publish when calls come back to their caller', async () => {
    const circle = adder('add-one', {
      start: 'again',
      nodes: {
        again: { type: 'workflow.call', with: { workflow: 'add-two', mode: 'detach', input: { n: 1 } }, next: 'done' },
        done: { type: 'end', with: {} },
      },
    });
    await tenant.rest.put('/v1/workflows/add-one', circle);
    await expect(tenant.rest.post('/v1/workflows/add-one/publish', {})).rejects.toThrow('limit.call_depth');
  }, 60_000);
});
