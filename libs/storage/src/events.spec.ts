import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { randomUUID } from 'node:crypto';
import { type Ground, layGround } from './__fixtures__/arrange.js';
import { EventStore } from './stores/event.store.js';

let test: TestDatabase;
let events: EventStore;
beforeAll(async () => {
  test = await createTestDatabase({ testClock: true });
  events = new EventStore(test.database);
});
afterAll(() => test.drop());
beforeEach(() => test.admin.query('delete from workflows.tenant_events'));

async function emit(ground: Ground, name = 'order.paid', key: string | null = 'o-1'): Promise<string> {
  const id = randomUUID();
  await test.admin.query(
    'insert into workflows.tenant_events (tenant_id, id, name, key, data, source) values ($1, $2, $3, $4, $5, $6)',
    [...[ground.tenantId, id, name, key], ...['{"total":7}', '{"sender":"test"}']],
  );
  return id;
}

describe('dispatch', () => {
  it('brings an event once, with all that it carries, and never again when it is finished', async () => {
    const ground = await layGround(test.admin);
    const id = await emit(ground);
    const claim = await events.claim(10, 30_000, '');
    expect(claim).toMatchObject({ more: false, after: ground.tenantId, revisions: { [ground.tenantId]: 0 } });
    expect(claim.events).toMatchObject([
      { tenantId: ground.tenantId, id, name: 'order.paid', key: 'o-1', data: { total: 7 }, source: { sender: 'test' }, tries: 1 },
    ]);
    expect((await events.claim(10, 30_000, '')).events).toEqual([]);
    await events.finish({ tenantId: ground.tenantId, id });
    await test.advance(3_600_000);
    expect((await events.claim(10, 30_000, '')).events).toEqual([]);
  });

  it('brings an event that was not finished again, later each time', async () => {
    const id = await emit(await layGround(test.admin));
    for (const pause of [30_000, 60_000, 120_000]) {
      expect((await events.claim(10, 30_000, '')).events).toMatchObject([{ id }]);
      await test.advance(pause - 1_000);
      expect((await events.claim(10, 30_000, '')).events).toEqual([]);
      await test.advance(1_000);
    }
    expect((await events.claim(10, 30_000, '')).events).toMatchObject([{ id, tries: 4 }]);
  });

  it('gives each tenant its share, however much another one has emitted', async () => {
    const [loud, quiet] = [await layGround(test.admin), await layGround(test.admin)];
    for (let count = 0; count < 20; count += 1) await emit(loud);
    const id = await emit(quiet);
    const { events: claimed, more } = await events.claim(4, 30_000, '');
    expect(more).toBe(true);
    expect(claimed.filter(({ tenantId }) => tenantId === loud.tenantId)).toHaveLength(2);
    expect(claimed.filter(({ tenantId }) => tenantId === quiet.tenantId)).toMatchObject([{ id }]);
  });

  it('goes on behind the tenant at which the last claim stopped, all the way round', async () => {
    const grounds = [await layGround(test.admin), await layGround(test.admin), await layGround(test.admin)];
    for (const ground of grounds) {
      await emit(ground);
      await emit(ground);
    }
    const seen: string[] = [];
    for (let after = ''; seen.length < 6;) {
      const claim = await events.claim(1, 30_000, after);
      after = claim.after;
      seen.push(...claim.events.map(({ tenantId }) => tenantId));
    }
    const round = grounds.map(({ tenantId }) => tenantId).sort();
    expect(seen).toEqual([...round, ...round]);
  });

  it('gives an event to one of two who claim at the same time', async () => {
    const ground = await layGround(test.admin);
    for (let count = 0; count < 20; count += 1) await emit(ground);
    const claims = await Promise.all(Array.from({ length: 4 }, () => events.claim(20, 30_000, '')));
    const ids = claims.flatMap((claim) => claim.events.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
