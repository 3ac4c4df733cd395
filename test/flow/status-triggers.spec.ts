import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';

/** Says something, whose receipts others hear. */
const speaker = {
  dsl: '1.0',
  id: 'speaker',
  name: 'Speaker',
  triggers: [{ id: 'in', type: 'channel.message', channels: ['whatsapp'], keywords: ['hello'] }],
  start: 'say',
  nodes: {
    say: { type: 'message.send', with: { text: 'Hi!', await: 'accepted' }, next: 'done' },
    done: { type: 'end', with: { output: '{{ steps.say.messageId }}' } },
  },
};

/** Writes a template for each failure; what that becomes must start nothing. */
const watcher = {
  dsl: '1.0',
  id: 'watcher',
  name: 'Watcher',
  triggers: [
    {
      id: 'status',
      type: 'channel.status',
      statuses: ['delivered', 'read', 'failed'],
      when: "event.status != 'delivered'",
      session: { key: '{{ event.messageId }}', onActive: 'ignore' },
      assign: { 'vars.became': '{{ event.status }}' },
    },
  ],
  vars: { became: { type: 'string' } },
  start: 'tell',
  nodes: {
    tell: { type: 'workflow.call', with: { workflow: 'teller', mode: 'detach' }, next: 'done' },
    done: {
      type: 'end',
      with: {
        output: {
          status: '{{ vars.became }}',
          message: '{{ event.messageId }}',
          run: "{{ event.?runId.orValue('') }}",
          error: "{{ event.?errorCode.orValue('') }}",
          contact: '{{ contact.name }}',
        },
      },
    },
  },
};

const teller = {
  dsl: '1.0',
  id: 'teller',
  name: 'Teller',
  triggers: [{ id: 'call', type: 'call' }],
  start: 'write',
  nodes: {
    write: {
      type: 'message.template',
      with: { name: 'seen', language: 'en', category: 'utility' },
      next: 'done',
      catch: [{ errors: ['*'], next: 'done' }],
    },
    done: { type: 'end' },
  },
};

interface Executions {
  items: Array<{ id: string; status: string }>;
}

describe('triggers of type channel.status', () => {
  let deployment: Deployment;
  let tenant: Tenant;

  beforeAll(async () => {
    deployment = await Deployment.create();
    await deployment.start();
    await deployment.emulator.registerTemplate({ name: 'seen', language: 'en', category: 'utility', body: 'We saw that.' });
    tenant = await deployment.tenant([speaker]);
  }, 60_000);

  afterAll(() => deployment.close(), 30_000);

  const runs = async (workflow: string) =>
    (await tenant.rest.get<Executions>(`/v1/executions?workflow=${workflow}&limit=50`)).items;
  const events = async () => {
    const { rows } = await deployment.database.admin.query<{ count: number }>(
      "select count(*)::int as count from workflows.tenant_events where name = '$message.status'",
    );
    return rows[0]?.count;
  };
  const spoken = async (customer: string) => {
    await deployment.emulator.say(customer, { text: 'hello', name: 'Ana' });
    const [message] = await deployment.sentTo(customer, 1);
    await deployment.emulator.idle();
    return message;
  };

  it('cost nothing where nobody has published one', async () => {
    await spoken('5511970000001');
    expect(await events()).toBe(0);
  }, 60_000);

  it('start a run with the contact of the message, once for each status', async () => {
    for (const workflow of [teller, watcher]) {
      await tenant.rest.put(`/v1/workflows/${workflow.id}`, workflow);
      await tenant.rest.post(`/v1/workflows/${workflow.id}/publish`, {});
    }
    await deployment.emulator.addFault({ kind: 'duplicate_webhooks' });
    const message = await spoken('5511970000002');
    const heard = await eventually(
      () => runs('watcher'),
      (all) => all.length > 0 && all.every(({ status }) => status === 'completed'),
    );
    const [speech] = await runs('speaker');
    expect(heard).toHaveLength(1);
    await expect(tenant.rest.get(`/v1/executions/${heard[0]?.id ?? ''}`)).resolves.toMatchObject({
      output: { status: 'read', message: message?.messageId, run: speech?.id, error: '', contact: 'Ana' },
    });
    await deployment.emulator.clearFaults();
  }, 60_000);

  it('are not started by what their own runs say, nor by what those call', async () => {
    // The template of the run before has been delivered and read by now.
    expect(await deployment.sentTo('5511970000002', 2)).toHaveLength(2);
    await deployment.emulator.idle();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await runs('watcher')).toHaveLength(1);
    expect(await runs('teller')).toHaveLength(1);
  }, 60_000);

  it('hear of nothing any more when the version without them is published', async () => {
    const before = await events();
    const quiet = { ...watcher, triggers: [{ id: 'call', type: 'call' }], nodes: { done: { type: 'end' } }, start: 'done' };
    await tenant.rest.put('/v1/workflows/watcher', quiet);
    await tenant.rest.post('/v1/workflows/watcher/publish', {});
    await spoken('5511970000003');
    expect(await events()).toBe(before);
  }, 60_000);
});
