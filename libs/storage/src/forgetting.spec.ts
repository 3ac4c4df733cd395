import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { type Ground, layGround } from './__fixtures__/arrange.js';
import { FORGOTTEN, SweepStore } from './stores/sweep.store.js';

let test: TestDatabase;
let store: SweepStore;
let ground: Ground;

beforeAll(async () => {
  test = await createTestDatabase();
  store = new SweepStore(test.database);
});
afterAll(() => test.drop());
beforeEach(async () => {
  ground = await layGround(test.admin);
});

const names = async (sql: string): Promise<string[]> => {
  const { rows } = await test.admin.query<{ name: string }>(sql, [ground.tenantId]);
  return rows.map(({ name }) => name);
};

const event = (name: string, age: string, dispatched = true) =>
  test.admin.query(
    `insert into workflows.tenant_events (tenant_id, id, name, data, source, at, dispatched_at)
     values ($1, $2, $3, '{}', '{}', workflows.now() - $4::interval, case when $5 then workflows.now() end)`,
    [ground.tenantId, randomUUID(), name, age, dispatched],
  );
const eventsLeft = () => names('select name from workflows.tenant_events where tenant_id = $1 order by name');

it('drops events that were dispatched more than eight days ago', async () => {
  await event('old', '9 days');
  await event('young', '7 days');
  await event('never-dispatched', '9 days', false);
  await store.forget('events', 100);
  expect(await eventsLeft()).toEqual(['never-dispatched', 'young']);
});

it('keeps what a live run of the tenant may still wait for, but for the events of the engine itself', async () => {
  const mailbox = randomUUID();
  await test.admin.query('insert into workflows.mailboxes (tenant_id, id) values ($1, $2)', [ground.tenantId, mailbox]);
  await test.admin.query(
    `insert into workflows.executions (tenant_id, id, workflow_id, workflow_version_id, mailbox_id, trigger, revision, status, state, started_at)
     values ($1, $2, 'hello', $3, $4, 'api', 1, 'waiting', '{}', workflows.now() - interval '20 days')`,
    [ground.tenantId, randomUUID(), ground.versionId, mailbox],
  );
  await event('since-the-run', '10 days');
  await event('before-the-run', '30 days');
  await event('$workflow.finished', '10 days');
  await store.forget('events', 100);
  expect(await eventsLeft()).toEqual(['since-the-run']);
});

it('drops receipts that have found no message for eight days', async () => {
  for (const [id, age] of [
    ['old', '9 days'],
    ['young', '7 days'],
  ])
    await test.admin.query(
      `insert into workflows.early_receipts (tenant_id, connection_id, provider_id, status, at, received_at)
       values ($1, $2, $3, 'sent', workflows.now(), workflows.now() - $4::interval)`,
      [ground.tenantId, ground.connectionId, id, age],
    );
  await store.forget('receipts', 100);
  expect(await names('select provider_id as name from workflows.early_receipts where tenant_id = $1')).toEqual(['young']);
});

it('drops what was said in web chats after ninety days', async () => {
  for (const [seq, age] of [
    [1, '91 days'],
    [2, '89 days'],
  ])
    await test.admin.query(
      `insert into workflows.webchat_messages (tenant_id, connection_id, visitor, seq, reference, message, at)
       values ($1, $2, 'visitor-0000000001', $3::int, $3::int::text, '{}', workflows.now() - $4::interval)`,
      [ground.tenantId, ground.connectionId, seq, age],
    );
  await store.forget('webchat', 100);
  expect(await names('select seq::text as name from workflows.webchat_messages where tenant_id = $1')).toEqual(['2']);
});

it('takes a batch at a time, and has a function for each kind', async () => {
  await event('old-1', '9 days');
  await event('old-2', '9 days');
  expect(await store.forget('events', 1)).toBe(1);
  expect(await eventsLeft()).toHaveLength(1);
  for (const what of FORGOTTEN) await expect(store.forget(what, 100)).resolves.toBeGreaterThanOrEqual(0);
});
