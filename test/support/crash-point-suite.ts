import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { CRASH_POINTS_OF_MESSAGES, type CrashPoint } from '@workflows/ports';
import { Deployment, eventually, NUMBER, type Tenant } from './deployment.js';

/** A message, a call that must not be repeated blindly, a count, a second message, a question and its answer, an event: the whole road. */
const workflow = (port: number): JsonObject & { id: string } => ({
  dsl: '1.0',
  id: 'order',
  name: 'Order',
  vars: { size: { type: 'string' } },
  triggers: [{ id: 'keyword', type: 'channel.message', channels: ['whatsapp'], keywords: ['order'] }],
  start: 'welcome',
  nodes: {
    welcome: { type: 'message.send', with: { text: 'Welcome!' }, next: 'reserve' },
    reserve: {
      type: 'http.request',
      with: {
        method: 'POST',
        url: `http://127.0.0.1:${port}/reservations`,
        body: { contact: '{{ contact.id }}' },
        effect: 'idempotent',
      },
      next: 'count',
      catch: [{ errors: ['*'], next: 'sorry' }],
    },
    count: {
      type: 'data.write',
      with: { table: 'counters', op: 'increment', key: 'reservations', value: { made: 1 } },
      next: 'size',
    },
    size: {
      type: 'message.ask',
      with: { text: 'Which size?', expect: { kind: 'text' } },
      save: 'vars.size',
      timeout: 'PT1H',
      next: 'thanks',
      on: { timeout: 'done', exhausted: 'done' },
    },
    thanks: { type: 'message.send', with: { text: 'One {{ vars.size }} is yours.', await: 'accepted' }, next: 'tell' },
    tell: { type: 'emit', with: { name: 'order.placed', data: { size: '{{ vars.size }}' } }, next: 'done' },
    sorry: { type: 'message.send', with: { text: 'Sorry.' }, next: 'done' },
    done: { type: 'end', with: { status: 'completed' } },
  },
});

/** Started by what the order emits. */
const BOOKKEEPING: JsonObject & { id: string } = {
  dsl: '1.0',
  id: 'bookkeeping',
  name: 'Bookkeeping',
  triggers: [{ id: 'placed', type: 'event', name: 'order.*' }],
  start: 'done',
  nodes: { done: { type: 'end', with: { output: '{{ event.data }}' } } },
};

interface Executions {
  items: Array<{ id: string; status: string }>;
}

const CONVERSATION = ['Welcome!', 'Which size?', 'One large is yours.'];

/** One customer for each point, so that each conversation is counted by itself. */
const customers = new Map<CrashPoint, string>(
  CRASH_POINTS_OF_MESSAGES.map((point, index) => [point, `55119${String(90_000_000 + index)}`]),
);

/** The suite for one kind of queue; it has a file for each, so that they run side by side. */
export function crashPointSuite(queue: 'postgres' | 'redis'): void {
  describe(`a process that is killed in the worst place, with its doorbell on ${queue}`, () => {
    let deployment: Deployment;
    let tenant: Tenant;
    let shop: Server;
    const reservations: string[] = [];
    let conversations = 0;

    beforeAll(async () => {
      shop = createServer((request, response) => {
        reservations.push(String(request.headers['idempotency-key']));
        response.setHeader('content-type', 'application/json').end('{"ok":true}');
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => shop.once('listening', resolve));
      const { port } = shop.address() as AddressInfo;
      deployment = await Deployment.create({ queue, environment: { EGRESS_ALLOW_PRIVATE: `127.0.0.1:${port}` } });
      const engine = await deployment.start();
      tenant = await deployment.tenant([workflow(port), BOOKKEEPING], NUMBER, {
        counters: { type: 'object', properties: { made: { type: 'integer' } } },
      });
      await engine.kill();
    }, 60_000);

    afterAll(async () => {
      await deployment.close();
      shop.close();
    }, 30_000);

    it.each(CRASH_POINTS_OF_MESSAGES)(
      'at %s: the conversation goes on and each message goes out once',
      async (point) => {
        conversations += 1;
        const customer = customers.get(point) ?? '';
        const crashing = await deployment.start({
          CRASH_AT: point,
          ...(point === 'sweep.after-sweep' ? { CRASH_ON: '10' } : {}),
        });
        await deployment.emulator.say(customer, { text: 'order', name: 'Ana' });
        // A point that is not on the way to the first question is reached by the answer to it.
        const crashed = await Promise.race([crashing.ended, deployment.sentTo(customer, 2).then(() => null)]);
        if (crashed === null) {
          await deployment.emulator.say(customer, { text: 'large' });
          await expect(crashing.ended).resolves.toMatchObject({ signal: 'SIGKILL' });
        } else {
          expect(crashed.signal).toBe('SIGKILL');
        }

        const engine = await deployment.start();
        if (crashed !== null) {
          await deployment.sentTo(customer, 2);
          await deployment.emulator.say(customer, { text: 'large' });
        }
        const sent = await deployment.sentTo(customer, CONVERSATION.length);
        expect(sent.map(({ text }) => text)).toEqual(CONVERSATION);
        const run = await eventually(
          async () => (await tenant.rest.get<Executions>('/v1/executions?workflow=order&limit=1')).items[0],
          (latest) => latest?.status === 'completed',
        );
        const timeline = await tenant.rest.get<{ steps: Array<{ node: string }> }>(`/v1/executions/${run?.id ?? ''}/timeline`);
        expect(timeline.steps.map(({ node }) => node)).toEqual(['welcome', 'reserve', 'count', 'size', 'thanks', 'tell', 'done']);
        expect((await deployment.emulator.messages({ waId: customer })).map(({ text }) => text)).toEqual(CONVERSATION);
        const told = await eventually(
          async () => (await tenant.rest.get<Executions>('/v1/executions?workflow=bookkeeping')).items,
          (runs) => runs.length >= conversations && runs.every(({ status }) => status === 'completed'),
        );
        expect(told).toHaveLength(conversations);
        await expect(engine.stop()).resolves.toBe(0);
      },
      120_000,
    );

    it('never asked the shop for more than one reservation per conversation', () => {
      expect(new Set(reservations).size).toBe(CRASH_POINTS_OF_MESSAGES.length);
    });

    it('counted each of them once', async () => {
      const engine = await deployment.start();
      const row = await tenant.rest.get<{ value: { made: number } }>('/v1/tables/counters/rows/reservations');
      expect(row.value.made).toBe(CRASH_POINTS_OF_MESSAGES.length);
      await engine.stop();
    });
  });
}
