import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { Deployment, eventually, type Tenant } from '../support/deployment.js';
import type { EngineProcess } from '../support/engine-process.js';

const HOUR = 3_600_000;

/** A service that answers nobody until as many ask at the same time as it expects. */
class Directory {
  readonly seen: Array<{ path: string; key: string | undefined }> = [];
  expects = 3;
  private waiting: Array<{ request: IncomingMessage; response: ServerResponse }> = [];
  private readonly server: Server = createServer((request, response) => {
    request.resume();
    const key = request.headers['idempotency-key'];
    this.seen.push({ path: request.url ?? '', key: typeof key === 'string' ? key : undefined });
    this.waiting.push({ request, response });
    if (this.waiting.length >= this.expects) this.answer();
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The directory has no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Hangs up on all who wait, as their process is gone. */
  forget(): void {
    for (const { response } of this.waiting.splice(0)) response.destroy();
  }

  async stop(): Promise<void> {
    this.forget();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(): void {
    for (const { request, response } of this.waiting.splice(0)) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: (request.url ?? '').slice(1).toUpperCase() }));
    }
  }
}

/** Three calls at once, then a question in one branch and an hour of waiting in the other. */
const workflow = (url: string): JsonObject & { id: string } => ({
  dsl: '1.0',
  id: 'regions',
  name: 'Regions',
  vars: { answer: { type: 'string' } },
  triggers: [{ id: 'go', type: 'channel.message', channels: ['whatsapp'], keywords: ['go'] }],
  start: 'each_person',
  nodes: {
    each_person: {
      type: 'foreach',
      with: { items: ['ana', 'bo', 'cy'], maxItems: 3, concurrency: 3 },
      body: 'look_up',
      join: 'found',
    },
    look_up: {
      type: 'http.request',
      with: { method: 'PUT', url: `${url}/{{ each.item }}`, body: { index: '{{ each.index }}' } },
      output: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
      next: 'found',
    },
    found: { type: 'join', with: { collect: '{{ steps.look_up.body.name }}' }, next: 'names' },
    names: {
      type: 'transform',
      with: { from: '{{ steps.found.items }}', value: '{{ each.item }}', sortBy: 'each.value', descending: true },
      next: 'both',
    },
    both: { type: 'parallel', branches: { talk: 'ask', wait: 'sleep' }, join: 'met' },
    ask: {
      type: 'message.ask',
      with: { text: 'Is it {{ steps.names.value[0] }}?', expect: { kind: 'text' } },
      save: 'vars.answer',
      timeout: 'PT5H',
      next: 'met',
      on: { timeout: 'met', exhausted: 'met' },
    },
    sleep: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'met' },
    met: { type: 'join', next: 'tell' },
    tell: {
      type: 'message.send',
      with: {
        text: "{{ vars.?answer.orValue('-') }}: {{ steps.found.items.join(', ') }} by {{ steps.met.arrived.join(' and ') }}",
      },
      next: 'done',
    },
    done: { type: 'end', with: {} },
  },
});

interface Execution {
  status: string;
  nodes: string[];
}

describe('a run with regions', () => {
  const directory = new Directory();
  let deployment: Deployment;
  let tenant: Tenant;
  let engine: EngineProcess;

  beforeAll(async () => {
    const url = await directory.start();
    deployment = await Deployment.create({ environment: { EGRESS_ALLOW_PRIVATE: new URL(url).host } });
    engine = await deployment.start();
    tenant = await deployment.tenant([workflow(url)]);
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
    await directory.stop();
  }, 30_000);

  const executions = async (): Promise<Execution[]> => (await tenant.rest.get<{ items: Execution[] }>('/v1/executions')).items;

  it('calls for all items at once, and meets when the contact has answered and the hour is over', async () => {
    const customer = '5511988880001';
    await deployment.emulator.say(customer, { text: 'go' });
    expect((await deployment.sentTo(customer, 1)).map(({ text }) => text)).toEqual(['Is it CY?']);
    expect(directory.seen.map(({ path }) => path).sort()).toEqual(['/ana', '/bo', '/cy']);
    expect(new Set(directory.seen.map(({ key }) => key)).size).toBe(3);

    await deployment.emulator.say(customer, { text: 'yes' });
    const [meeting] = await eventually(executions, ([run]) => run?.nodes.join() === 'sleep');
    expect(meeting?.status).toBe('waiting');
    await deployment.advance(HOUR + 1000);
    expect((await deployment.sentTo(customer, 2)).map(({ text }) => text)[1]).toBe('yes: ANA, BO, CY by talk and wait');
    await eventually(executions, (all) => all.every(({ status }) => status === 'completed'));
  }, 60_000);

  it('takes up all its calls when the worker is killed while they are under way, under the same keys', async () => {
    const customer = '5511988880002';
    directory.expects = 4;
    const before = directory.seen.length;
    await deployment.emulator.say(customer, { text: 'go' });
    await eventually(
      async () => directory.seen.length,
      (seen) => seen === before + 3,
    );
    await engine.kill();
    directory.forget();
    directory.expects = 1;
    await deployment.start();
    expect((await deployment.sentTo(customer, 1, 40_000)).map(({ text }) => text)).toEqual(['Is it CY?']);
    const [first, second] = [directory.seen.slice(before, before + 3), directory.seen.slice(before + 3)];
    expect(second).toHaveLength(3);
    expect(await executions()).toHaveLength(2);
    const byPath = (calls: typeof first) => Object.fromEntries(calls.map(({ path, key }) => [path, key]));
    expect(byPath(second)).toEqual(byPath(first));
  }, 90_000);
});
