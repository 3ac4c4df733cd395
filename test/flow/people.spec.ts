import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';

type Workflow = JsonObject & { id: string };

const keyword = (word: string) => ({
  id: 'keyword',
  type: 'channel.message',
  channels: ['whatsapp'],
  keywords: [word],
  interrupts: true,
});

const COLOUR: Workflow = {
  dsl: '1.0',
  id: 'colour',
  name: 'Colour',
  triggers: [keyword('colour')],
  start: 'ask',
  nodes: {
    ask: {
      type: 'message.ask',
      with: { text: 'Which colour?', expect: { kind: 'text' } },
      timeout: 'PT4H',
      next: 'thanks',
      on: { timeout: 'done', exhausted: 'done' },
    },
    thanks: { type: 'message.send', with: { text: 'So {{ steps.ask.value }}.' }, next: 'done' },
    done: { type: 'end', with: { status: 'completed' } },
  },
};

const HELP: Workflow = {
  dsl: '1.0',
  id: 'help',
  name: 'Help',
  triggers: [keyword('help')],
  start: 'people',
  nodes: {
    people: {
      type: 'human.handoff',
      with: { queue: 'support', text: 'A colleague answers here.', note: 'Needs help', priority: 5 },
      timeout: 'PT2H',
      next: 'back',
      on: { closed: 'closed', timeout: 'sorry' },
    },
    back: { type: 'message.send', with: { text: 'Back: {{ steps.people.note }}' }, next: 'done' },
    sorry: { type: 'message.send', with: { text: 'Nobody had time.' }, next: 'done' },
    closed: { type: 'end', with: { status: 'completed', reason: 'closed' } },
    done: { type: 'end', with: { status: 'completed' } },
  },
};

const LATER: Workflow = {
  dsl: '1.0',
  id: 'later',
  name: 'Later',
  triggers: [keyword('later'), { id: 'api', type: 'call', contact: true, window: 'PT1H' }],
  start: 'wait',
  nodes: {
    wait: { type: 'wait.for', with: { duration: 'PT10M' }, next: 'news' },
    news: { type: 'message.send', with: { text: 'News!' }, next: 'done' },
    done: { type: 'end', with: { status: 'completed' } },
  },
};

interface Conversation {
  id: string;
  takenBy: string | null;
  handedOff: boolean;
  aliases: Array<{ value: string }>;
}

describe('people in a conversation', () => {
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    tenant = await deployment.tenant([COLOUR, LATER]);
    await tenant.rest.put('/v1/queues/support', { title: 'Support' });
    await tenant.rest.put('/v1/workflows/help', HELP);
    await tenant.rest.post('/v1/workflows/help/publish', {});
  }, 60_000);

  afterAll(() => deployment.close(), 30_000);

  async function conversationOf(customer: string): Promise<Conversation> {
    const { items } = await tenant.rest.get<{ items: Conversation[] }>('/v1/conversations');
    const found = items.find(({ aliases }) => aliases.some(({ value }) => value === customer));
    if (found === undefined) throw new Error('There is no such conversation.');
    return found;
  }
  const until = (customer: string, isIt: (conversation: Conversation) => boolean) =>
    eventually(() => conversationOf(customer), isIt);
  const texts = async (waId: string) => (await deployment.emulator.messages({ waId })).map(({ text }) => text);
  const says = async (waId: string, ...expected: string[]) => {
    await deployment.sentTo(waId, expected.length);
    expect(await texts(waId)).toEqual(expected);
  };
  const statuses = async (conversation: string) => {
    const { items } = await tenant.rest.get<{ items: Array<{ workflowId: string; status: string }> }>(
      `/v1/executions?conversation=${conversation}`,
    );
    return Object.fromEntries(items.map(({ workflowId, status }) => [workflowId, status]));
  };

  it('have it from a hand-off until they give it back; no run speaks meanwhile, and the question is asked again', async () => {
    const customer = '5511944443333';
    await deployment.emulator.say(customer, { text: 'colour' });
    await says(customer, 'Which colour?');
    await deployment.emulator.say(customer, { text: 'help' });
    await says(customer, 'Which colour?', 'A colleague answers here.');
    const { id } = await until(customer, ({ handedOff }) => handedOff);
    await eventually(
      () => statuses(id),
      ({ colour }) => colour === 'paused',
    );
    expect(await tenant.rest.get('/v1/tasks?queue=support')).toMatchObject({
      items: [{ kind: 'handoff', title: 'Needs help', priority: 5, status: 'open', conversationId: id }],
    });

    // Theirs: what the contact says, what somebody starts, and what they write themselves.
    await deployment.emulator.say(customer, { text: 'blue' });
    const contact = { connection: 'main', address: `+${customer}` };
    await tenant.rest.post('/v1/executions', { workflow: 'later', contact });
    await eventually(
      () => statuses(id),
      ({ later }) => later === 'paused',
    );
    const reply = () =>
      tenant.rest.post(`/v1/conversations/${id}/reply`, { text: 'Bea here.', by: 'Bea' }, { 'idempotency-key': 'r-1' });
    expect(await reply()).toEqual({ repeated: false });
    expect(await reply()).toEqual({ repeated: true });
    await deployment.advance(20 * 60_000);
    await deployment.sentTo(customer, 3);
    await deployment.emulator.idle();
    await says(customer, 'Which colour?', 'A colleague answers here.', 'Bea here.');

    await tenant.rest.post(`/v1/conversations/${id}/hand-back`, { note: 'refunded', by: 'Bea' });
    const all = await deployment.sentTo(customer, 5);
    expect(
      all
        .slice(3)
        .map(({ text }) => text)
        .sort(),
    ).toEqual(['Back: refunded', 'Which colour?']);
    await deployment.emulator.say(customer, { text: 'red' });
    expect((await deployment.sentTo(customer, 6)).at(-1)?.text).toBe('So red.');
    await expect(tenant.rest.post(`/v1/conversations/${id}/hand-back`, {})).rejects.toThrow('refused with 409');
  }, 90_000);

  it('take it over by answering; timers that fall due meanwhile fire when they give it back', async () => {
    const customer = '5511944442222';
    await deployment.emulator.say(customer, { text: 'later' });
    const { id } = await eventually(
      () => conversationOf(customer).catch(() => null),
      (found) => found !== null,
    ).then((found) => {
      if (found === null) throw new Error('There is no such conversation.');
      return found;
    });
    await eventually(
      () => statuses(id),
      ({ later }) => later === 'waiting',
    );
    await tenant.rest.post(`/v1/conversations/${id}/reply`, { text: 'Hi, Cem here.', by: 'Cem' });
    expect(await until(customer, ({ takenBy }) => takenBy !== null)).toMatchObject({ takenBy: 'Cem', handedOff: false });
    await eventually(
      () => statuses(id),
      ({ later }) => later === 'paused',
    );
    await deployment.advance(3_600_000);
    await deployment.emulator.say(customer, { text: 'thanks' });
    await deployment.emulator.idle();
    await says(customer, 'Hi, Cem here.');

    await tenant.rest.post(`/v1/conversations/${id}/hand-back`, {});
    await says(customer, 'Hi, Cem here.', 'News!');
    expect(await conversationOf(customer)).toMatchObject({ takenBy: null });
    const { items } = await tenant.rest.get<{ items: Array<{ direction: string; author: string | null }> }>(
      `/v1/conversations/${id}/messages`,
    );
    expect(items.filter(({ direction }) => direction === 'outbound').map(({ author }) => author)).toEqual(['Cem', null]);
  }, 90_000);

  it('close it, or leave it until its time is over', async () => {
    const [closing, waiting] = ['5511944441111', '5511944440000'];
    await deployment.emulator.say(closing, { text: 'help' });
    await deployment.emulator.say(waiting, { text: 'help' });
    await says(closing, 'A colleague answers here.');
    await says(waiting, 'A colleague answers here.');
    const { id } = await until(closing, ({ handedOff }) => handedOff);
    await tenant.rest.post(`/v1/conversations/${id}/close`, { by: 'Bea' });
    await eventually(
      () => statuses(id),
      ({ help }) => help === 'completed',
    );
    await until(waiting, ({ handedOff }) => handedOff);
    await deployment.advance(2 * 3_600_000);
    await says(waiting, 'A colleague answers here.', 'Nobody had time.');
    expect(await conversationOf(waiting)).toMatchObject({ handedOff: false });
    await expect(tenant.rest.post(`/v1/conversations/${id}/close`, {})).rejects.toThrow('refused with 409');
  }, 90_000);
});
