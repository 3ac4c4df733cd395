import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import type { EngineProcess } from '../support/engine-process.js';

const support = {
  dsl: '1.0',
  id: 'support',
  name: 'Support',
  triggers: [{ id: 'dm', type: 'channel.message', channels: ['webchat'] }],
  start: 'ask',
  nodes: {
    ask: {
      type: 'message.ask',
      with: {
        text: 'Hello {{ contact.firstName }}, what is it about?',
        options: [
          { id: 'order', title: 'An order' },
          { id: 'other', title: 'Something else' },
        ],
        expect: { kind: 'option' },
      },
      timeout: 'PT1H',
      next: 'tell',
      on: { timeout: 'gone', exhausted: 'gone' },
    },
    tell: {
      type: 'message.send',
      with: { text: 'About {{ steps.ask.value }}.', await: 'delivered' },
      timeout: 'PT1M',
      next: 'done',
      on: { timeout: 'gone' },
    },
    done: { type: 'end', with: { output: '{{ steps.tell.status }}' } },
    gone: { type: 'end', with: { reason: 'silent' } },
  },
};
interface Message {
  seq: number;
  message: { text: string; options?: Array<{ id: string }> };
}

/** What a page does, with nothing but what a page has. */
class Page {
  private constructor(
    private readonly url: string,
    private readonly account: string,
    readonly visitor: string,
    readonly token: string,
  ) {}

  private after = 0;

  static async open(url: string, account: string): Promise<Page> {
    const response = await fetch(`${url}/webchat/${account}/visitors`, { method: 'POST' });
    expect(response.status).toBe(201);
    const { visitor, token } = (await response.json()) as { visitor: string; token: string };
    return new Page(url, account, visitor, token);
  }

  async say(id: string, said: object, token = this.token): Promise<number> {
    const response = await fetch(`${this.url}/webhooks/webchat`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ account: this.account, visitor: this.visitor, id, name: 'Ana Lima', ...said }),
    });
    return response.status;
  }

  fetch(query: string, token = this.token): Promise<Response> {
    const path = `/webchat/${this.account}/visitors/${this.visitor}/messages?${query}`;
    return fetch(`${this.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  }

  async messages(query: string): Promise<Message[]> {
    const { items } = (await (await this.fetch(query)).json()) as { items: Message[] };
    return items;
  }

  /** What is new, once there is something. */
  async next(): Promise<Message[]> {
    const items = await this.messages(`after=${this.after}&wait=20`);
    this.after = items.at(-1)?.seq ?? this.after;
    return items;
  }
}

describe('a web chat', () => {
  let deployment: Deployment;
  let tenant: Tenant;
  let engine: EngineProcess;

  beforeAll(async () => {
    deployment = await Deployment.create();
    engine = await deployment.start();
    tenant = await deployment.tenant([support]);
    await tenant.rest.post('/v1/connections', {
      channel: 'webchat',
      name: 'site',
      account: 'acme-site',
      settings: {},
      secrets: {},
    });
  }, 60_000);

  afterAll(() => deployment.close(), 30_000);

  const run = async () => {
    const { items } = await tenant.rest.get<{ items: Array<{ id: string }> }>('/v1/executions?workflow=support&limit=1');
    return tenant.rest.get<{ status: string; output: unknown }>(`/v1/executions/${items[0]?.id ?? ''}`);
  };

  it('carries a conversation, and what the page has fetched counts as delivered', async () => {
    const page = await Page.open(deployment.url, 'acme-site');
    expect(await page.say('message-1', { text: 'Hi' })).toBe(200);
    expect(await page.next()).toMatchObject([
      { seq: 1, message: { text: 'Hello Ana, what is it about?', options: [{ id: 'order' }, { id: 'other' }] } },
    ]);
    expect(await page.say('message-2', { option: { id: 'order', title: 'An order' } })).toBe(200);
    expect(await page.next()).toMatchObject([{ seq: 2, message: { text: 'About order.' } }]);
    await page.fetch('after=2');
    await expect(eventually(run, ({ status }) => status === 'completed')).resolves.toMatchObject({ output: 'delivered' });
    expect(await page.messages('after=0')).toHaveLength(2);
  }, 60_000);

  it('takes a message that the page sends twice once', async () => {
    const page = await Page.open(deployment.url, 'acme-site');
    for (let n = 0; n < 3; n += 1) expect(await page.say('message-1', { text: 'Hi' })).toBe(200);
    expect(await page.next()).toHaveLength(1);
    expect(await page.messages('after=1&wait=1')).toEqual([]);
  }, 60_000);

  it('lets nobody write or read in the name of another visitor', async () => {
    const [ana, eve] = [await Page.open(deployment.url, 'acme-site'), await Page.open(deployment.url, 'acme-site')];
    await ana.say('message-1', { text: 'Hi' });
    await ana.next();
    expect(await ana.say('message-2', { text: 'I am Ana' }, eve.token)).toBe(401);
    expect(await ana.say('message-2', { text: 'I am Ana' }, '')).toBe(401);
    expect((await ana.fetch('after=0', eve.token)).status).toBe(401);
    expect(await eve.messages('after=0')).toEqual([]);
  }, 60_000);

  it('does not exist where no tenant has it', async () => {
    expect((await fetch(`${deployment.url}/webchat/nobody/visitors`, { method: 'POST' })).status).toBe(404);
  });

  it('is not kept waiting by a process that is told to stop', async () => {
    const page = await Page.open(deployment.url, 'acme-site');
    const waiting = page.messages('after=0&wait=25');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expect(engine.stop()).resolves.toBe(0);
    await expect(waiting).resolves.toEqual([]);
  }, 20_000);
});
