import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const CUSTOMER = '5511988887777';

const greeting = {
  dsl: '1.0',
  id: 'greeting',
  name: 'Greeting',
  triggers: [{ id: 'any', type: 'channel.message', channels: ['whatsapp'] }],
  start: 'hello',
  nodes: {
    hello: { type: 'message.send', with: { text: 'Hello, {{ event.text }}' }, next: 'done' },
    done: { type: 'end', with: { status: 'completed' } },
  },
};

describe('a database that is gone for a while', () => {
  let deployment: Deployment;
  let tenant: Tenant;
  let door: TcpProxy;

  beforeAll(async () => {
    deployment = await Deployment.create();
    const direct = new URL(deployment.environment['DATABASE_URL'] ?? '');
    door = new TcpProxy({ host: direct.hostname, port: Number(direct.port) });
    direct.port = String(await door.open());
    await deployment.start({ DATABASE_URL: direct.href });
    tenant = await deployment.tenant([greeting]);
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
    await door.shut();
  }, 30_000);

  it('makes the provider try again, and the message is answered once when it is back', async () => {
    await door.shut();
    await deployment.emulator.say(CUSTOMER, { text: 'are you there?' });
    const [refused] = await eventually(
      () => deployment.emulator.webhooks(),
      (webhooks) => webhooks.some(({ lastStatus }) => lastStatus === 503),
    );
    expect(refused).toMatchObject({ state: 'pending', lastStatus: 503 });
    await expect(fetch(`${deployment.url}/readyz`)).resolves.toMatchObject({ status: 503 });
    await expect(fetch(`${deployment.url}/livez`)).resolves.toMatchObject({ status: 200 });

    await door.open();
    const sent = await deployment.sentTo(CUSTOMER, 1);
    expect(sent.map(({ text }) => text)).toEqual(['Hello, are you there?']);
    await deployment.emulator.idle();
    const { items } = await tenant.rest.get<{ items: Array<{ status: string }> }>('/v1/executions');
    expect(items.map(({ status }) => status)).toEqual(['completed']);
    expect(await deployment.sentTo(CUSTOMER, 1)).toHaveLength(1);
  }, 60_000);
});
