import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';

/** Greets, waits, and greets again: there is always something that could still be sent. */
const CHATTY: JsonObject & { id: string } = {
  dsl: '1.0',
  id: 'chatty',
  name: 'Chatty',
  triggers: [
    { id: 'keyword', type: 'channel.message', channels: ['whatsapp'], keywords: ['hello'] },
    { id: 'api', type: 'call', contact: true, window: 'PT1H' },
  ],
  start: 'greet',
  nodes: {
    greet: {
      type: 'message.send',
      with: { text: 'Hi!', await: 'accepted' },
      next: 'wait',
      catch: [{ errors: ['channel.opted_out'], next: 'refused' }],
    },
    wait: { type: 'wait.for', with: { duration: 'PT10M' }, next: 'again' },
    again: { type: 'message.send', with: { text: 'Still there?' }, next: 'done' },
    done: { type: 'end', with: { status: 'completed' } },
    refused: { type: 'end', with: { status: 'completed', reason: 'refused' } },
  },
};

interface Execution {
  id: string;
  status: string;
  reason: string | null;
  nodes: string[];
}

describe('a contact who opts out', () => {
  const customer = '5511955554444';
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    tenant = await deployment.tenant([CHATTY]);
  }, 60_000);

  afterAll(() => deployment.close(), 30_000);

  const texts = async (waId = customer) => (await deployment.emulator.messages({ waId })).map(({ text }) => text);
  const executions = () => tenant.rest.get<{ items: Execution[] }>('/v1/executions').then(({ items }) => items);
  const startByApi = async () => {
    const contact = { connection: 'main', address: `+${customer}` };
    const { executionId } = await tenant.rest.post<{ executionId: string }>('/v1/executions', { workflow: 'chatty', contact });
    return eventually(
      () => tenant.rest.get<Execution>(`/v1/executions/${executionId}`),
      ({ nodes, status }) => status === 'completed' || nodes.includes('wait'),
    );
  };

  it('is answered, and hears nothing more of what was going on', async () => {
    await deployment.emulator.say(customer, { text: 'hello' });
    await deployment.sentTo(customer, 1);
    await deployment.emulator.say(customer, { text: 'STOP' });
    await deployment.sentTo(customer, 2);
    expect(await texts()).toEqual(['Hi!', expect.stringContaining('no more messages')]);
    expect(await executions()).toMatchObject([{ status: 'cancelled', reason: 'opt_out' }]);
    await deployment.advance(3_600_000);
    await deployment.emulator.say(customer, { text: 'stop' });
    await deployment.emulator.idle();
    expect(await texts()).toHaveLength(2);
  }, 60_000);

  it('is not written to by a run that somebody else starts, which learns of it', async () => {
    await deployment.emulator.say(customer, { text: 'what is this?' });
    expect(await startByApi()).toMatchObject({ status: 'completed', reason: 'refused' });
    expect(await texts()).toHaveLength(2);
  }, 60_000);

  it('is answered by a run that they start themselves', async () => {
    await deployment.emulator.say(customer, { text: 'hello' });
    expect((await deployment.sentTo(customer, 3)).at(-1)?.text).toBe('Hi!');
    await deployment.emulator.say(customer, { text: 'stop' });
    await deployment.sentTo(customer, 4);
  }, 60_000);

  it('is back with a word, which is answered too', async () => {
    await deployment.emulator.say(customer, { text: 'Start' });
    expect((await deployment.sentTo(customer, 5)).at(-1)?.text).toContain('again');
    expect(await startByApi()).toMatchObject({ status: 'waiting' });
    expect((await deployment.sentTo(customer, 6)).at(-1)?.text).toBe('Hi!');
  }, 60_000);

  it("says it in the tenant's own words, and is answered in them", async () => {
    const other = '5511955553333';
    const rules = { optOut: { words: { en: ['quit'] }, confirmation: { en: 'Bye.' } } };
    await tenant.rest.put('/v1/conversation-rules', rules);
    expect(await tenant.rest.get('/v1/conversation-rules')).toEqual(rules);
    const wrong = tenant.rest.put('/v1/conversation-rules', { optOut: { words: { English: ['quit'] } } });
    await expect(wrong).rejects.toThrow('/optOut/words/English');
    // Rules hold within seconds; a process that starts knows them at once.
    await deployment.start();
    await deployment.emulator.say(other, { text: 'quit' });
    expect(await deployment.sentTo(other, 1)).toMatchObject([{ text: 'Bye.' }]);
  }, 60_000);
});
