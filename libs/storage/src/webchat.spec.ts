import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { type Ground, layGround } from './__fixtures__/arrange.js';
import { WebChatStore } from './stores/webchat.store.js';

let test: TestDatabase;
let store: WebChatStore;
let ground: Ground;

beforeAll(async () => {
  test = await createTestDatabase();
  store = new WebChatStore(test.database);
  ground = await layGround(test.admin);
});
afterAll(() => test.drop());

const say = (visitor: string, reference: string, text: string) =>
  store.deliver(ground.tenantId, {
    connectionId: ground.connectionId,
    visitor,
    reference,
    message: { type: 'content', text },
  });
const whose = (visitor: string) => ({ connectionId: ground.connectionId, visitor });

it('has a message once, however often it is delivered under one reference', async () => {
  const visitor = 'visitor-0000000001';
  const first = await say(visitor, 'effect-1', 'hello');
  expect(await say(visitor, 'effect-1', 'hello')).toBe(first);
  await say(visitor, 'effect-2', 'again');
  expect(await store.fetch(ground.tenantId, whose(visitor), 0)).toMatchObject([
    { seq: 1, id: first, message: { text: 'hello' } },
    { seq: 2, message: { text: 'again' } },
  ]);
  expect(await store.fetch(ground.tenantId, whose(visitor), 1)).toHaveLength(1);
});

it('names what the page has until that is reported, and again when the report was lost', async () => {
  const visitor = 'visitor-0000000002';
  const ids = [await say(visitor, 'effect-3', 'one'), await say(visitor, 'effect-4', 'two')];
  expect(await store.unreported(ground.tenantId, whose(visitor), 0)).toEqual([]);
  expect(await store.unreported(ground.tenantId, whose(visitor), 1)).toEqual([ids[0]]);
  expect(await store.unreported(ground.tenantId, whose(visitor), 1)).toEqual([ids[0]]);
  await store.reported(ground.tenantId, whose(visitor), 1);
  expect(await store.unreported(ground.tenantId, whose(visitor), 2)).toEqual([ids[1]]);
});

it('shows nothing of another visitor, and nothing to another tenant', async () => {
  const visitor = 'visitor-0000000003';
  await say(visitor, 'effect-5', 'private');
  expect(await store.fetch(ground.tenantId, whose('visitor-0000000004'), 0)).toEqual([]);
  const other = await layGround(test.admin);
  expect(await store.fetch(other.tenantId, whose(visitor), 0)).toEqual([]);
});
