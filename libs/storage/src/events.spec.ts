import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Write } from '@workflows/core';
import type { ClaimedMailbox, MailboxCommit } from '@workflows/ports';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { randomUUID } from 'node:crypto';
import { commitOf, type Ground, layGround, run as runOf, start, state } from './__fixtures__/arrange.js';
import { callStatement } from './call-statement.js';
import { commitLists } from './commit-lists.js';
import { Committer } from './committer.js';
import { EventStore } from './stores/event.store.js';
import { InboundStore } from './stores/inbound.store.js';
import { MailboxStore } from './stores/mailbox.store.js';

let test: TestDatabase;
let events: EventStore;
let inbound: InboundStore;
let mailboxes: MailboxStore;
beforeAll(async () => {
  test = await createTestDatabase({ testClock: true, poolSize: 16 });
  events = new EventStore(test.database);
  inbound = new InboundStore(test.database);
  mailboxes = new MailboxStore(test.database);
});
afterAll(() => test.drop());
beforeEach(() => test.admin.query('delete from workflows.tenant_events; delete from workflows.event_waits'));

/** A run that was committed once. */
interface Begun {
  ground: Ground;
  executionId: string;
  startedAt: string;
  revision: number;
}

async function begin(ground: Ground): Promise<Begun> {
  const item = start(ground);
  await inbound.accept([item]);
  const { rows } = await test.admin.query<{ now: string }>('select workflows.iso(workflows.now()) as now');
  const begun = { ground, executionId: item.executionId, startedAt: rows[0]?.now ?? '', revision: 0 };
  await write(begun, []);
  return begun;
}

/** Commits what step 3 of the run writes, in a call of its own as of a process of its own. */
async function write(run: Begun, writes: Write[], taken?: string[]): Promise<void> {
  expect(await new Committer(test.database).commit(await commitWith(run, writes, taken))).toMatchObject({ committed: true });
}

/** Leases the run's mailbox for a commit. */
async function commitWith(run: Begun, writes: Write[], taken?: string[]): Promise<MailboxCommit> {
  const { ground, executionId, startedAt, revision } = run;
  const { rows } = await test.admin.query<{ token: string }>(
    `update workflows.mailboxes set ready_at = null, lease_token = lease_token + 1, lease_until = workflows.now() + interval '1 h'
     where id = $1 returning lease_token as token`,
    [executionId],
  );
  const box: ClaimedMailbox = {
    tenantId: ground.tenantId,
    mailboxId: executionId,
    leaseToken: Number(rows[0]?.token),
    readUpTo: 1,
    takenBy: null,
    conversation: null,
    contact: null,
    letters: [],
    runs: [],
  };
  const commit = runOf(ground, {
    executionId,
    revision,
    state: { ...state(executionId), startedAt, ...(taken === undefined ? {} : { taken }) },
    effects: writes.map((each, index) => ({
      seq: revision * 10 + index,
      node: 'wait',
      step: 3,
      effect: { kind: 'write', write: each },
      idempotencyKey: `key-${revision}-${index}`,
      state: 'sent',
    })),
  });
  run.revision += 1;
  return commitOf(box, [commit]);
}

/** Has the run wait, and gives the ids of the events that its mailbox holds after the commit. */
async function listen(run: Begun, { most = 100, taken }: { most?: number; taken?: string[] } = {}): Promise<string[]> {
  await write(run, [{ type: 'listen', name: 'order.paid', key: 'o-1', since: 'run', most }], taken);
  const { rows } = await test.admin.query<{ id: string }>(
    "select body ->> 'id' as id from workflows.mail where mailbox_id = $1 and kind = 'signal' order by seq",
    [run.executionId],
  );
  return rows.map(({ id }) => id);
}

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

describe('a wait', () => {
  const signalsOf = async (mailboxId: string) =>
    (
      await test.admin.query<{ id: string }>(
        "select body ->> 'id' as id from workflows.mail where mailbox_id = $1 and kind = 'signal' order by seq",
        [mailboxId],
      )
    ).rows.map(({ id }) => id);
  const isWaiting = async () => (await test.admin.query('select from workflows.event_waits')).rowCount;

  it('is told at once of what its run has not read, in order, and of nothing from before the run', async () => {
    const ground = await layGround(test.admin);
    const before = await emit(ground);
    await test.advance(1_000);
    const run = await begin(ground);
    await test.advance(1_000);
    const [first, taken, second] = [await emit(ground), await emit(ground), await emit(ground)];
    await emit(ground, 'order.paid', 'o-2');
    await emit(ground, 'order.sent');
    await test.admin.query(
      'update workflows.tenant_events set at = at + n * interval $$1 ms$$ from unnest($1::uuid[]) with ordinality u(id, n) where tenant_events.id = u.id',
      [[first, taken, second]],
    );
    const letters = await listen(run, { taken: [taken] });
    expect(letters).toEqual([first, second]);
    expect(letters).not.toContain(before);
  });

  it('is told of what comes later, once, whoever dispatches it', async () => {
    const ground = await layGround(test.admin);
    const run = await begin(ground);
    await listen(run);
    const id = await emit(ground);
    const event = { tenantId: ground.tenantId, id };
    const { waits, after } = await events.waits(event, 0, 10);
    expect([waits, after]).toEqual([[{ executionId: run.executionId, step: 3 }], null]);
    const told = await Promise.all([events.deliver(event, waits), events.deliver(event, waits)]);
    expect(told.sort()).toEqual([0, 1]);
    expect(await signalsOf(run.executionId)).toEqual([id]);
    const box = (await mailboxes.claim(100, 30_000, '')).mailboxes.find(({ mailboxId }) => mailboxId === run.executionId);
    expect(box?.letters).toMatchObject([
      {
        kind: 'signal',
        body: { executionId: run.executionId, step: 3, name: 'event', id, data: { data: { total: 7 }, key: 'o-1' } },
      },
    ]);
  });

  it('is passed over once it has ended, and is told again when it begins again', async () => {
    const ground = await layGround(test.admin);
    const run = await begin(ground);
    await listen(run);
    const id = await emit(ground);
    const event = { tenantId: ground.tenantId, id };
    const { waits } = await events.waits(event, 0, 10);
    await write(run, [{ type: 'unlisten' }]);
    expect(await isWaiting()).toBe(0);
    expect(await events.deliver(event, waits)).toBe(0);
    expect(await listen(run)).toEqual([id]);
    await write(run, [{ type: 'unlisten' }]);
    expect(await listen(run)).toEqual([id, id]);
  });

  it('is told of at most so many of the oldest', async () => {
    const ground = await layGround(test.admin);
    const run = await begin(ground);
    for (let count = 0; count < 5; count += 1) await emit(ground);
    expect(await listen(run, { most: 2 })).toHaveLength(2);
  });

  it('goes page by page to however many wait', async () => {
    const ground = await layGround(test.admin);
    const runs = [await begin(ground), await begin(ground), await begin(ground)];
    for (const run of runs) await listen(run);
    const event = { tenantId: ground.tenantId, id: await emit(ground) };
    const seen: string[] = [];
    for (let after: number | null = 0; after !== null;) {
      const page = await events.waits(event, after, 2);
      seen.push(...page.waits.map(({ executionId }) => executionId));
      after = page.after;
    }
    expect(seen).toEqual(runs.map(({ executionId }) => executionId));
  });

  it('of one tenant hears nothing of another', async () => {
    const [mine, other] = [await layGround(test.admin), await layGround(test.admin)];
    const run = await begin(mine);
    await emit(other);
    expect(await listen(run)).toEqual([]);
    expect((await events.waits({ tenantId: other.tenantId, id: await emit(other) }, 0, 10)).waits).toEqual([]);
  });

  it('that is just being written is found by whoever dispatches an event that it could not see', async () => {
    const ground = await layGround(test.admin);
    const run = await begin(ground);
    const commit = await commitWith(run, [{ type: 'listen', name: 'order.paid', key: 'o-1', since: 'run', most: 10 }]);
    const writer = await test.admin.connect();
    try {
      await writer.query('begin');
      const { text, values } = callStatement('commit_mailboxes', { ...commitLists([commit]) });
      await writer.query(text, values);
      const id = await emit(ground);
      const asked = events.waits({ tenantId: ground.tenantId, id }, 0, 10);
      const early = await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 300, 'waits'))]);
      expect(early).toBe('waits');
      await writer.query('commit');
      expect((await asked).waits).toEqual([{ executionId: run.executionId, step: 3 }]);
    } finally {
      writer.release();
    }
  });

  it('misses nothing and hears nothing twice while events come, are dispatched and waits begin at the same time', async () => {
    const ground = await layGround(test.admin);
    const runs = await Promise.all(Array.from({ length: 24 }, () => begin(ground)));
    const emitted: string[] = [];
    let listening = true;
    const dispatchers = Array.from({ length: 3 }, async () => {
      for (let idle = 0; listening || idle < 3;) {
        const { events: claimed } = await events.claim(4, 600_000, '');
        idle = claimed.length === 0 ? idle + 1 : 0;
        for (const event of claimed) {
          const { waits } = await events.waits(event, 0, 100);
          await events.deliver(event, waits);
          await events.finish(event);
        }
      }
    });
    const emitters = Array.from({ length: 3 }, async () => {
      for (let count = 0; count < 20; count += 1) emitted.push(await emit(ground));
    });
    const waiters = runs.map(async (run, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 5));
      await listen(run, { most: 1_000 });
    });
    await Promise.all([...emitters, ...waiters]);
    listening = false;
    await Promise.all(dispatchers);
    for (const run of runs) expect((await signalsOf(run.executionId)).sort()).toEqual([...emitted].sort());
  }, 60_000);
});
