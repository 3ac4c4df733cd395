import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClaimedMailbox } from '@workflows/ports';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { randomUUID } from 'node:crypto';
import { commitOf, type Ground, layGround, message, run, send, start, state } from './__fixtures__/arrange.js';
import { Committer } from './committer.js';
import { InboundStore, needsBell } from './stores/inbound.store.js';
import { MailboxStore } from './stores/mailbox.store.js';

let test: TestDatabase;
let inbound: InboundStore;
let mailboxes: MailboxStore;
let committer: Committer;

beforeAll(async () => {
  test = await createTestDatabase({ testClock: true });
  inbound = new InboundStore(test.database);
  mailboxes = new MailboxStore(test.database);
  committer = new Committer(test.database);
});
afterAll(() => test.drop());

const LEASE_MS = 30_000;

/** Claims everything that is ready and keeps what belongs to `ground`. */
async function claimAll(ground: Ground): Promise<ClaimedMailbox[]> {
  const { mailboxes: claimed } = await mailboxes.claim(1_000, LEASE_MS, '');
  return claimed.filter((box) => box.tenantId === ground.tenantId);
}

async function claimOne(ground: Ground): Promise<ClaimedMailbox> {
  const [box] = await claimAll(ground);
  if (!box) throw new Error('Nothing was ready.');
  return box;
}

describe('accept', () => {
  it('stores a message with its contact and conversation in one call', async () => {
    const ground = await layGround(test.admin);
    const item = message(ground, '+1555', { text: 'hi' });
    const [result] = await inbound.accept([item]);
    expect(result).toEqual({ outcome: 'stored', mailboxId: expect.any(String) });

    const box = await claimOne(ground);
    expect(box.contact).toMatchObject({ name: 'Ada', optedOut: false, tags: [], attributes: {} });
    expect(box.conversation).toMatchObject({
      id: box.mailboxId,
      connection: 'main',
      channel: 'whatsapp',
      lastInboundAt: item.message.at,
    });
    expect(box.letters).toEqual([
      {
        seq: 1,
        kind: 'message',
        receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        body: { message: item.message },
        quoted: null,
      },
    ]);
    expect(box.readUpTo).toBe(1);
  });

  it('opens no window for what does not count as writing', async () => {
    const ground = await layGround(test.admin);
    const reaction = message(ground, '+1555');
    await inbound.accept([{ ...reaction, message: { ...reaction.message, kind: 'reaction', opensWindow: false } }]);
    expect((await claimOne(ground)).conversation?.lastInboundAt).toBeNull();
  });

  it('stores one of a hundred equal messages that come at the same time', async () => {
    const ground = await layGround(test.admin);
    const item = message(ground, '+1555');
    // Past the group commit, so that they meet in the database.
    const results = await Promise.all(
      Array.from({ length: 100 }, () => test.database.call<Array<{ outcome: string }>>('accept', { p: [item] })),
    );
    expect(results.flat().filter(({ outcome }) => outcome === 'stored')).toHaveLength(1);
    expect(results.flat().filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(99);
    expect((await claimOne(ground)).letters).toHaveLength(1);
  });

  it('keeps the order of a batch within each conversation', async () => {
    const ground = await layGround(test.admin);
    const items = ['1', '2', '3', '4', '5', '6'].map((text, index) => message(ground, index % 2 ? '+2' : '+1', { text }));
    await inbound.accept(items);
    const texts = (await claimAll(ground)).map((box) =>
      box.letters.map((letter) => letter.kind === 'message' && letter.body.message.text),
    );
    expect(texts.sort()).toEqual([
      ['1', '3', '5'],
      ['2', '4', '6'],
    ]);
  });

  it('leads two names of one contact to one conversation', async () => {
    const ground = await layGround(test.admin);
    const both = {
      ...message(ground, '+1'),
      aliases: [
        { kind: 'wa_id' as const, value: '+1' },
        { kind: 'bsuid' as const, value: 'US.1' },
      ],
    };
    const later = { ...message(ground, '+1'), aliases: [{ kind: 'bsuid' as const, value: 'US.1' }] };
    const [first, second, third] = await inbound.accept([both, later, message(ground, '+1')]);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  it('makes one contact of one new person, whatever names come first and at the same time', async () => {
    const ground = await layGround(test.admin);
    const aliases = [
      [
        { kind: 'wa_id' as const, value: '+9' },
        { kind: 'bsuid' as const, value: 'US.9' },
      ],
      [{ kind: 'wa_id' as const, value: '+9' }],
      [
        { kind: 'wa_id' as const, value: '+9' },
        { kind: 'bsuid' as const, value: 'US.9' },
      ],
    ];
    await Promise.all(
      aliases.map((names) => test.database.call('accept', { p: [{ ...message(ground, '+9'), aliases: names }] })),
    );
    const { rows } = await test.admin.query('select count(*)::int as n from workflows.contacts where tenant_id = $1', [
      ground.tenantId,
    ]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('binds a start to the conversation of its contact, and else to a mailbox of its own', async () => {
    const ground = await layGround(test.admin);
    const alone = start(ground);
    const [inbox, bound, own] = await inbound.accept([message(ground, '+1'), start(ground, { contact: '+1' }), alone]);
    expect(bound).toEqual(inbox);
    expect(own).toEqual({ outcome: 'stored', mailboxId: alone.executionId });
  });

  it('answers a repeated start as a duplicate, also long after the run was written', async () => {
    const ground = await layGround(test.admin);
    const item = start(ground);
    await inbound.accept([item]);
    expect(await inbound.accept([item])).toEqual([{ outcome: 'duplicate' }]);
    await committer.commit(commitOf(await claimOne(ground), [run(ground, { executionId: item.executionId })]));
    expect(await inbound.accept([item])).toEqual([{ outcome: 'duplicate' }]);
  });

  it('brings a cancel to the mailbox of its run, queued or running, and finds no unknown one', async () => {
    const ground = await layGround(test.admin);
    const item = start(ground, { contact: '+1' });
    const [stored] = await inbound.accept([item]);
    const cancel = {
      kind: 'cancel' as const,
      tenantId: ground.tenantId,
      executionId: item.executionId,
      dedupe: randomUUID(),
      reason: 'test',
      by: 'test',
    };
    expect(await inbound.accept([cancel, { ...cancel, executionId: randomUUID(), dedupe: 'other' }])).toEqual([
      stored,
      { outcome: 'not_found' },
    ]);
  });

  it('refuses a message of an unknown connection alone, and stores its neighbours', async () => {
    const ground = await layGround(test.admin);
    const bad = { ...message(ground, '+1'), connectionId: randomUUID() };
    const outcomes = await Promise.allSettled([
      inbound.accept([message(ground, '+1')]),
      inbound.accept([bad]),
      inbound.accept([message(ground, '+2')]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { name: 'DatabaseRefusal', code: 'invalid' } });
  });

  it('moves the time of the last message forward only', async () => {
    const ground = await layGround(test.admin);
    const at = (offset: number) => new Date(Date.now() + offset).toISOString();
    await inbound.accept([message(ground, '+1', { at: at(-1_000) })]);
    await inbound.accept([message(ground, '+1', { at: at(-60_000) })]);
    const box = await claimOne(ground);
    expect(Date.parse(box.conversation?.lastInboundAt ?? '')).toBeGreaterThan(Date.now() - 30_000);
  });
});

describe('claim', () => {
  it('never gives one mailbox to two claims', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept(Array.from({ length: 60 }, (_, n) => message(ground, `+${n}`)));
    const claims = await Promise.all(Array.from({ length: 8 }, () => mailboxes.claim(20, LEASE_MS, '')));
    const ids = claims
      .flatMap((claim) => claim.mailboxes)
      .filter((box) => box.tenantId === ground.tenantId)
      .map((box) => box.mailboxId);
    const rest = (await claimAll(ground)).map((box) => box.mailboxId);
    expect(new Set([...ids, ...rest]).size).toBe(60);
    expect(ids.length + rest.length).toBe(60);
  });

  it('shares a batch between the tenants that have work, and walks on behind the last', async () => {
    await mailboxes.claim(1_000, LEASE_MS, '');
    const [loud, quiet] = [await layGround(test.admin), await layGround(test.admin)];
    await inbound.accept(Array.from({ length: 30 }, (_, n) => message(loud, `+${n}`)));
    await inbound.accept([message(quiet, '+1')]);
    const first = await mailboxes.claim(10, LEASE_MS, '');
    expect(first.more).toBe(true);
    expect(first.mailboxes.filter((box) => box.tenantId === quiet.tenantId)).toHaveLength(1);
    expect(first.mailboxes.filter((box) => box.tenantId === loud.tenantId)).toHaveLength(5);
    const all = await mailboxes.claim(1_000, LEASE_MS, first.after);
    expect(all.mailboxes).toHaveLength(25);
    expect(all.more).toBe(false);
  });
});

describe('direct start', () => {
  const taking = (room: number): { store: InboundStore; begun: ClaimedMailbox[] } => {
    const begun: ClaimedMailbox[] = [];
    const store = new InboundStore(test.database);
    store.startDirectly({ leaseMs: LEASE_MS, room: () => room, begin: ({ mailboxes: boxes }) => begun.push(...boxes) });
    return { store, begun };
  };

  it('leases what the call has made ready, so that nobody else claims it', async () => {
    const ground = await layGround(test.admin);
    const { store, begun } = taking(8);
    const results = await store.accept([message(ground, '+1'), message(ground, '+1'), start(ground)]);
    expect(results.map((result) => result.outcome === 'stored' && result.taken)).toEqual([true, true, true]);
    expect(needsBell(results)).toBe(false);
    expect(begun.map(({ letters }) => letters.length).sort()).toEqual([1, 2]);
    expect(await claimAll(ground)).toEqual([]);
    for (const box of begun) expect(await committer.commit(commitOf(box, [run(ground)]))).toMatchObject({ committed: true });
  });

  it('leaves alone what is leased or was ready before', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept([message(ground, '+1')]);
    const leased = await claimOne(ground);
    await inbound.accept([message(ground, '+2')]);
    const { store, begun } = taking(8);
    const results = await store.accept(['+1', '+2', '+3', '+4'].map((from) => message(ground, from)));
    expect(results.map((result) => result.outcome === 'stored' && result.taken === true)).toEqual([false, false, true, true]);
    expect(begun).toHaveLength(2);
    expect(needsBell(results)).toBe(true);
    expect(await committer.commit(commitOf(leased, [run(ground)]))).toMatchObject({ committed: true, ready: true });
    expect(await claimAll(ground)).toHaveLength(2);
  });

  it('leases no more than there is room for, and rings for the rest', async () => {
    const ground = await layGround(test.admin);
    const { store, begun } = taking(1);
    const results = await store.accept([message(ground, '+1'), message(ground, '+2')]);
    expect(begun).toHaveLength(1);
    expect(needsBell(results)).toBe(true);
    expect(await claimAll(ground)).toHaveLength(1);
  });

  it('starts a repeat no second time', async () => {
    const ground = await layGround(test.admin);
    const { store, begun } = taking(8);
    const item = message(ground, '+1');
    await store.accept([item]);
    expect(await store.accept([item])).toEqual([{ outcome: 'duplicate' }]);
    expect(begun).toHaveLength(1);
  });
});

describe('commit', () => {
  it('writes run, history and effects, and takes the mail as read', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept([message(ground, '+1')]);
    const box = await claimOne(ground);
    const created = run(ground, { effects: [send(1)] });
    expect(await committer.commit(commitOf(box, [created]))).toEqual({ committed: true, ready: false, outbound: true });

    await inbound.accept([message(ground, '+1')]);
    const next = await claimOne(ground);
    expect(next.letters).toHaveLength(1);
    expect(next.runs).toEqual([
      {
        executionId: created.executionId,
        workflowId: 'hello',
        versionId: ground.versionId,
        revision: 1,
        state: created.state,
        openEffects: [],
      },
    ]);
    const { rows } = await test.admin.query('select revision, events from workflows.execution_events where execution_id = $1', [
      created.executionId,
    ]);
    expect(rows).toEqual([{ revision: 1, events: created.events }]);
  });

  it('refuses a zombie whose lease was given to another', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept([message(ground, '+1')]);
    const zombie = await claimOne(ground);
    await test.advance(LEASE_MS + 1_000);
    await test.database.call('sweep', { p_limit: 1_000, p_unknown_wait_ms: 60_000 });
    const heir = await claimOne(ground);
    expect(heir.leaseToken).toBeGreaterThan(zombie.leaseToken);
    expect(await committer.commit(commitOf(zombie, [run(ground)]))).toEqual({ committed: false, ready: false, outbound: false });
    expect(await committer.commit(commitOf(heir, [run(ground)]))).toMatchObject({ committed: true });
  });

  it('writes nothing of a mailbox when the revision of one of its runs was lost', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept([message(ground, '+1')]);
    const box = await claimOne(ground);
    const [good, stale] = [run(ground), run(ground, { revision: 3 })];
    expect(await committer.commit(commitOf(box, [good, stale]))).toMatchObject({ committed: false });
    const { rowCount } = await test.admin.query('select from workflows.executions where tenant_id = $1', [ground.tenantId]);
    expect(rowCount).toBe(0);
  });

  it('keeps the lease at a checkpoint and gives it back at the end', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept([message(ground, '+1')]);
    const box = await claimOne(ground);
    const first = run(ground);
    expect(await committer.commit(commitOf(box, [first], { release: false }))).toMatchObject({ committed: true, ready: false });
    const ended = run(ground, { executionId: first.executionId, revision: 1, state: state(first.executionId, 'completed') });
    expect(await committer.commit(commitOf(box, [ended]))).toMatchObject({ committed: true });
    expect(await committer.commit(commitOf(box, [{ ...ended, revision: 2 }]))).toMatchObject({ committed: false });
  });

  it('is ready again when a letter came while it was advanced', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept([message(ground, '+1')]);
    const box = await claimOne(ground);
    await inbound.accept([message(ground, '+1', { text: 'late' })]);
    expect(await claimAll(ground)).toEqual([]);
    expect(await committer.commit(commitOf(box, []))).toMatchObject({ committed: true, ready: true });
    expect((await claimOne(ground)).letters).toMatchObject([{ body: { message: { text: 'late' } } }]);
  });

  it('loses no wake-up when letters and commits race', async () => {
    const ground = await layGround(test.admin);
    const total = 60;
    let read = 0;
    const writing = (async () => {
      for (let n = 0; n < total; n++) await inbound.accept([message(ground, '+1')]);
    })();
    for (let tries = 0; read < total && tries < 5_000; tries++) {
      for (const box of await claimAll(ground)) {
        read += box.letters.length;
        await committer.commit(commitOf(box, []));
      }
    }
    await writing;
    expect(read).toBe(total);
  });

  it('lets a poison item fail alone', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept([message(ground, '+1'), message(ground, '+2'), message(ground, '+3')]);
    const [one, two, three] = await claimAll(ground);
    if (!one || !two || !three) throw new Error('Three were stored.');
    const outcomes = await Promise.allSettled([
      committer.commit(commitOf(one, [run(ground)])),
      committer.commit(commitOf(two, [run(ground, { versionId: randomUUID() })])),
      committer.commit(commitOf(three, [run(ground)])),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('wakes a mailbox when its timer is due by the clock of the database, and not before', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept([message(ground, '+1')]);
    const claim = await mailboxes.claim(1_000, LEASE_MS, '');
    const box = claim.mailboxes.find((candidate) => candidate.tenantId === ground.tenantId);
    if (!box) throw new Error('Nothing was ready.');
    const wakeAt = new Date(Date.parse(claim.now) + 3_600_000).toISOString();
    await committer.commit(commitOf(box, [run(ground)], { wakeAt }));
    await test.database.call('sweep', { p_limit: 1_000, p_unknown_wait_ms: 60_000 });
    expect(await claimAll(ground)).toEqual([]);
    await test.advance(3_600_000);
    await test.database.call('sweep', { p_limit: 1_000, p_unknown_wait_ms: 60_000 });
    expect(await claimOne(ground)).toMatchObject({ letters: [], runs: [{ revision: 1 }] });
  });

  it('hands a call that was under way to the next holder', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept([start(ground)]);
    const box = await claimOne(ground);
    const http = {
      kind: 'http' as const,
      method: 'POST',
      url: 'http://example.test',
      headers: {},
      safety: 'unsafe' as const,
      response: 'none' as const,
      timeoutMs: 1_000,
    };
    const effect = { seq: 1, node: 'call', step: 1, effect: http, idempotencyKey: 'key', state: 'sending' as const };
    await committer.commit(commitOf(box, [run(ground, { effects: [effect] })], { release: false }));
    expect(await mailboxes.release([box])).toBe(1);
    expect((await claimOne(ground)).runs[0]?.openEffects).toEqual([{ seq: 1, effect: http, attempt: 1 }]);
  });

  it('writes an event together with the run that emitted it, or not at all', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept([start(ground)]);
    const box = await claimOne(ground);
    const write = { type: 'event', id: randomUUID(), name: 'lead.won', key: 'l-1', data: { value: 7 } } as const;
    const effect = { kind: 'write' as const, write };
    const emitting = run(ground, { effects: [{ seq: 1, node: 'tell', step: 4, effect, idempotencyKey: 'key', state: 'sent' }] });
    const stale = commitOf({ ...box, leaseToken: box.leaseToken - 1 }, [emitting]);
    expect(await committer.commit(stale)).toMatchObject({ committed: false });
    const events = () =>
      test.admin.query('select name, key, data, source, dispatched_at from workflows.tenant_events where id = $1', [write.id]);
    expect((await events()).rows).toEqual([]);
    expect(await committer.commit(commitOf(box, [emitting]))).toMatchObject({ committed: true, outbound: false });
    const source = { executionId: emitting.executionId, step: 4 };
    expect((await events()).rows).toEqual([{ name: 'lead.won', key: 'l-1', data: { value: 7 }, source, dispatched_at: null }]);
  });
});

describe('a signal', () => {
  it('goes to the mailbox of its run once, and nowhere when there is no such run', async () => {
    const ground = await layGround(test.admin);
    const begun = start(ground);
    await inbound.accept([begun]);
    const { tenantId } = ground;
    const signal = (executionId: string) =>
      ({ kind: 'signal', tenantId, executionId, dedupe: `task-${executionId}`, step: 3, name: 'answered', data: null }) as const;
    const stray = randomUUID();
    expect(await inbound.accept([signal(begun.executionId), signal(stray)])).toMatchObject([
      { outcome: 'stored' },
      { outcome: 'not_found' },
    ]);
    expect(await inbound.accept([signal(begun.executionId)])).toEqual([{ outcome: 'duplicate' }]);
    const { executionId } = begun;
    expect((await claimOne(ground)).letters).toMatchObject([
      { kind: 'start' },
      { kind: 'signal', body: { executionId, step: 3, name: 'answered', data: null } },
    ]);
  });
});
