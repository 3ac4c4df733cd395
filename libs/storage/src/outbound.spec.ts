import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Failure, MessageEffect } from '@workflows/core';
import type { ClaimedMailbox, ClaimedOutbox, SettleSend, StatusReceipt } from '@workflows/ports';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { commitOf, type Ground, layGround, message, run, send } from './__fixtures__/arrange.js';
import { Committer } from './committer.js';
import { InboundStore } from './stores/inbound.store.js';
import { MailboxStore } from './stores/mailbox.store.js';
import { OutboxStore } from './stores/outbox.store.js';
import { ReceiptStore } from './stores/receipt.store.js';
import { SweepStore } from './stores/sweep.store.js';

let test: TestDatabase;
let inbound: InboundStore;
let mailboxes: MailboxStore;
let committer: Committer;
let outboxes: OutboxStore;
let receipts: ReceiptStore;
let sweeper: SweepStore;
let ground: Ground;

beforeAll(async () => {
  test = await createTestDatabase({ testClock: true });
  inbound = new InboundStore(test.database);
  mailboxes = new MailboxStore(test.database);
  committer = new Committer(test.database);
  outboxes = new OutboxStore(test.database);
  receipts = new ReceiptStore(test.database);
  sweeper = new SweepStore(test.database);
});
afterAll(() => test.drop());

const LEASE_MS = 30_000;
const WAIT_MS = 60_000;

beforeEach(async () => {
  ground = await layGround(test.admin);
  // What earlier tests left open must not be swept in the middle of this one.
  await test.admin.query('update workflows.mailboxes set ready_at = null, wake_at = null, lease_until = null');
  await test.admin.query('update workflows.outboxes set ready_at = null, wake_at = null, lease_until = null');
});

async function claimMailbox(): Promise<ClaimedMailbox> {
  const { mailboxes: claimed } = await mailboxes.claim(1_000, LEASE_MS, '');
  const box = claimed.find((candidate) => candidate.tenantId === ground.tenantId);
  if (!box) throw new Error('No mailbox was ready.');
  return box;
}

/** A run that has journalled messages 1 to `count` in a conversation of its own. */
async function journalled(count: number, options: Partial<MessageEffect> = {}, from = '+1'): Promise<string> {
  await inbound.accept([message(ground, from)]);
  const created = run(ground, { effects: Array.from({ length: count }, (_, n) => send(n + 1, options)) });
  await committer.commit(commitOf(await claimMailbox(), [created]));
  return created.executionId;
}

async function claimOutboxes(): Promise<ClaimedOutbox[]> {
  const { outboxes: claimed } = await outboxes.claim(1_000, LEASE_MS, '');
  return claimed.filter((box) => box.tenantId === ground.tenantId);
}

async function claimOutbox(): Promise<ClaimedOutbox> {
  const [box] = await claimOutboxes();
  if (!box) throw new Error('No outbox was ready.');
  return box;
}

function held(box: ClaimedOutbox, seq: number) {
  const item = box.items.find((candidate) => candidate.seq === seq) ?? box.items[0];
  if (!item) throw new Error('The outbox is empty.');
  return { tenantId: box.tenantId, mailboxId: box.mailboxId, leaseToken: box.leaseToken, executionId: item.executionId, seq };
}

function accepted(box: ClaimedOutbox, seq: number, providerId: string): SettleSend {
  return {
    ...held(box, seq),
    state: 'sent',
    providerId,
    result: { outcome: 'done', data: { messageId: providerId, status: 'accepted' } },
  };
}

function receipt(providerId: string, status: StatusReceipt['status'], effect?: StatusReceipt['effect']): StatusReceipt {
  return {
    tenantId: ground.tenantId,
    connectionId: ground.connectionId,
    providerId,
    status,
    at: new Date().toISOString(),
    effect,
  };
}

async function journal(
  executionId: string,
): Promise<Array<{ state: string; receipt: string | null; provider_id: string | null }>> {
  const { rows } = await test.admin.query<{ state: string; receipt: string | null; provider_id: string | null }>(
    'select state, receipt, provider_id from workflows.effects where execution_id = $1 order by seq',
    [executionId],
  );
  return rows;
}

async function states(executionId: string): Promise<string[]> {
  return (await journal(executionId)).map(({ state }) => state);
}

async function letters(): Promise<unknown[]> {
  const { mailboxes: claimed } = await mailboxes.claim(1_000, LEASE_MS, '');
  const mine = claimed.filter((box) => box.tenantId === ground.tenantId);
  for (const box of mine) await committer.commit(commitOf(box, []));
  return mine.flatMap((box) => box.letters).map((letter) => letter.kind === 'effect' && letter.body);
}

describe('the outbox of a conversation', () => {
  it('brings the messages in order, with where they go', async () => {
    await journalled(3);
    const box = await claimOutbox();
    expect(box).toMatchObject({ connectionId: ground.connectionId, channel: 'whatsapp', to: [{ kind: 'wa_id', value: '+1' }] });
    expect(box.items.map(({ seq, attempt, resend }) => [seq, attempt, resend])).toEqual([
      [1, 1, false],
      [2, 1, false],
      [3, 1, false],
    ]);
    expect(box.lastInboundAt).toMatch(/Z$/);
  });

  it('is never held by two at once', async () => {
    for (let n = 0; n < 12; n++) await journalled(1, {}, `+${n}`);
    const claims = await Promise.all(Array.from({ length: 6 }, () => outboxes.claim(4, LEASE_MS, '')));
    const ids = claims.flatMap((claim) => claim.outboxes).map((box) => box.mailboxId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lets a message begin only when every earlier one is settled', async () => {
    await journalled(2);
    const box = await claimOutbox();
    expect(await outboxes.begin(held(box, 2))).toBe(false);
    expect(await outboxes.begin(held(box, 1))).toBe(true);
    expect(await outboxes.begin(held(box, 1))).toBe(false);
    expect(await outboxes.begin(held(box, 2))).toBe(false);
    await outboxes.settle(accepted(box, 1, 'w1'));
    expect(await outboxes.begin(held(box, 2))).toBe(true);
  });

  it('holds later messages back behind one of which nobody knows', async () => {
    const executionId = await journalled(2);
    const box = await claimOutbox();
    await outboxes.begin(held(box, 1));
    await outboxes.settle({
      ...held(box, 1),
      state: 'unknown',
      result: { outcome: 'unknown', failure: { code: 'timeout', kind: 'retryable', message: 'no answer' } },
    });
    expect(await outboxes.release([box])).toEqual([false]);
    expect(await claimOutboxes()).toEqual([]);
    await receipts.record([receipt('w1', 'delivered', { executionId, seq: 1 })]);
    expect((await claimOutbox()).items.map(({ seq }) => seq)).toEqual([2]);
  });

  it('takes a refused send up again when its pause is over, and no earlier', async () => {
    await journalled(1);
    const box = await claimOutbox();
    await outboxes.begin(held(box, 1));
    const throttled = { code: 'channel.throttled', kind: 'retryable' as const, message: 'slow down' };
    await outboxes.settle({
      ...held(box, 1),
      state: 'intent',
      retryInMs: 20_000,
      result: { outcome: 'failed', failure: throttled },
    });
    expect(await outboxes.release([box])).toEqual([false]);
    await test.advance(10_000);
    await sweeper.sweep(100, WAIT_MS);
    expect(await claimOutboxes()).toEqual([]);
    await test.advance(10_000);
    await sweeper.sweep(100, WAIT_MS);
    expect((await claimOutbox()).items).toMatchObject([{ seq: 1, attempt: 2, resend: false }]);
  });

  it('sees messages that were journalled while it was held', async () => {
    await journalled(1);
    const box = await claimOutbox();
    await journalled(1);
    await outboxes.begin(held(box, 1));
    await outboxes.settle(accepted(box, 1, 'w1'));
    expect(await outboxes.release([box])).toEqual([true]);
    expect((await claimOutbox()).items).toHaveLength(1);
  });

  it('does not send what was withdrawn', async () => {
    const executionId = await journalled(2);
    const box = await claimOutbox();
    await inbound.accept([message(ground, '+1')]);
    await committer.commit(commitOf(await claimMailbox(), [run(ground, { executionId, revision: 1, withdraw: true })]));
    expect(await outboxes.begin(held(box, 1))).toBe(false);
    expect(await states(executionId)).toEqual(['withdrawn', 'withdrawn']);
  });

  it('does not try again what was on its way when its run was cancelled', async () => {
    const cancel = async (executionId: string) => {
      await inbound.accept([message(ground, '+1')]);
      await committer.commit(commitOf(await claimMailbox(), [run(ground, { executionId, revision: 1, withdraw: true })]));
    };
    const refused = await journalled(2);
    const box = await claimOutbox();
    await outboxes.begin(held(box, 1));
    await cancel(refused);
    const throttled: Failure = { code: 'channel.rate_limited', kind: 'retryable', message: 'slow down' };
    await outboxes.settle({ ...held(box, 1), state: 'intent', retryInMs: 0, result: { outcome: 'failed', failure: throttled } });
    expect(await outboxes.release([box])).toEqual([false]);
    expect(await states(refused)).toEqual(['withdrawn', 'withdrawn']);

    const lost = await journalled(1);
    await outboxes.begin(held(await claimOutbox(), 1));
    await cancel(lost);
    await test.advance(LEASE_MS);
    await sweeper.sweep(100, WAIT_MS);
    expect(await states(lost)).toEqual(['unknown']);
    await test.advance(WAIT_MS);
    await sweeper.sweep(100, WAIT_MS);
    expect(await states(lost)).toEqual(['held']);

    const unknown = await journalled(1);
    await outboxes.begin(held(await claimOutbox(), 1));
    await test.advance(LEASE_MS);
    await sweeper.sweep(100, WAIT_MS);
    await cancel(unknown);
    expect(await states(unknown)).toEqual(['held']);
  });
});

describe('what the run is told', () => {
  it.each([
    ['never', 'sent', 0],
    ['failure', 'sent', 0],
    ['accepted', 'sent', 1],
    ['delivered', 'sent', 0],
    ['never', 'failed', 1],
    ['failure', 'failed', 1],
  ] as const)('notify %s, settled as %s: %i letters', async (notify, settled, expected) => {
    const executionId = await journalled(1, { notify });
    const box = await claimOutbox();
    await outboxes.begin(held(box, 1));
    const failed: SettleSend = {
      ...held(box, 1),
      state: 'failed',
      result: { outcome: 'failed', failure: { code: 'channel.invalid', kind: 'terminal', message: 'no' } },
    };
    const result = await outboxes.settle(settled === 'sent' ? accepted(box, 1, 'w1') : failed);
    expect(result).toEqual({ settled: true, ready: expected > 0 });
    const told = await letters();
    expect(told).toHaveLength(expected);
    if (expected > 0)
      expect(told[0]).toMatchObject({ executionId, seq: 1, result: { outcome: settled === 'sent' ? 'done' : 'failed' } });
  });

  it('is told once of a delivery it waits for, whatever follows', async () => {
    const executionId = await journalled(1, { notify: 'delivered' });
    const box = await claimOutbox();
    await outboxes.begin(held(box, 1));
    await outboxes.settle(accepted(box, 1, 'w1'));
    await receipts.record([receipt('w1', 'sent'), receipt('w1', 'delivered'), receipt('w1', 'read'), receipt('w1', 'delivered')]);
    expect(await letters()).toEqual([
      { executionId, seq: 1, result: { outcome: 'done', data: { messageId: 'w1', status: 'delivered' } } },
    ]);
    expect(await journal(executionId)).toEqual([{ state: 'sent', receipt: 'read', provider_id: 'w1' }]);
  });

  it('is told of a failure that the provider reports later', async () => {
    const executionId = await journalled(1);
    const box = await claimOutbox();
    await outboxes.begin(held(box, 1));
    await outboxes.settle(accepted(box, 1, 'w1'));
    const failure = { code: 'channel.undeliverable', kind: 'terminal', message: 'not on the channel' };
    await receipts.record([{ ...receipt('w1', 'failed'), failure }]);
    expect(await letters()).toEqual([{ executionId, seq: 1, result: { outcome: 'failed', failure } }]);
    expect(await states(executionId)).toEqual(['failed']);
  });
});

describe('receipts', () => {
  it('are kept when they come before the send knows its id, and applied by its settle', async () => {
    const executionId = await journalled(1, { notify: 'delivered' });
    const box = await claimOutbox();
    await outboxes.begin(held(box, 1));
    expect(await receipts.record([receipt('w-early', 'delivered'), receipt('w-early', 'read')])).toEqual({
      mailboxes: 0,
      outboxes: 0,
      early: 2,
    });
    expect(await outboxes.settle(accepted(box, 1, 'w-early'))).toEqual({ settled: true, ready: true });
    expect(await journal(executionId)).toEqual([{ state: 'sent', receipt: 'read', provider_id: 'w-early' }]);
    expect(await letters()).toHaveLength(1);
  });

  it('meet their message whichever of the two is faster', async () => {
    for (let n = 0; n < 15; n++) await journalled(1, {}, `+race${n}`);
    const boxes = await claimOutboxes();
    await Promise.all(boxes.map((box) => outboxes.begin(held(box, 1))));
    await Promise.all(
      boxes.flatMap((box, n) => [
        test.database.call('settle_sends', { p: [accepted(box, 1, `race${n}`)] }),
        test.database.call('record_receipts', { p: [receipt(`race${n}`, 'delivered')] }),
      ]),
    );
    const { rows } = await test.admin.query('select distinct state, receipt from workflows.effects where tenant_id = $1', [
      ground.tenantId,
    ]);
    expect(rows).toEqual([{ state: 'sent', receipt: 'delivered' }]);
  });

  it('settle a send by its reference while the answer is still awaited, and the answer changes nothing', async () => {
    const executionId = await journalled(1, { notify: 'accepted' });
    const box = await claimOutbox();
    await outboxes.begin(held(box, 1));
    await receipts.record([receipt('w1', 'read', { executionId, seq: 1 })]);
    await outboxes.settle({
      ...held(box, 1),
      state: 'unknown',
      result: { outcome: 'unknown', failure: { code: 'timeout', kind: 'retryable', message: 'no answer' } },
    });
    expect(await journal(executionId)).toEqual([{ state: 'sent', receipt: 'read', provider_id: 'w1' }]);
    expect(await letters()).toHaveLength(1);
  });

  it('do not reach the message of another tenant', async () => {
    const executionId = await journalled(1);
    const other = await layGround(test.admin);
    const foreign = {
      ...receipt('w1', 'failed', { executionId, seq: 1 }),
      tenantId: other.tenantId,
      connectionId: other.connectionId,
    };
    expect(await receipts.record([foreign])).toMatchObject({ early: 1 });
    expect(await states(executionId)).toEqual(['intent']);
  });
});

describe('sweep', () => {
  it('recovers nothing in calm', async () => {
    await sweeper.sweep(1_000, WAIT_MS);
    await mailboxes.claim(1_000, LEASE_MS, '');
    await outboxes.claim(1_000, LEASE_MS, '');
    const { recovered } = await sweeper.sweep(1_000, WAIT_MS);
    expect(Object.values(recovered).every((count) => count === 0)).toBe(true);
  });

  it('takes a message whose sender died for unknown, waits, and then sends it again', async () => {
    const executionId = await journalled(2);
    const dead = await claimOutbox();
    await outboxes.begin(held(dead, 1));
    await test.advance(LEASE_MS);
    expect((await sweeper.sweep(1_000, WAIT_MS)).recovered).toMatchObject({ outbox_lease: 1, send_abandoned: 1 });
    expect(await states(executionId)).toEqual(['unknown', 'intent']);
    expect(await claimOutboxes()).toEqual([]);
    await test.advance(WAIT_MS);
    expect(await sweeper.sweep(1_000, WAIT_MS)).toMatchObject({ outboxes: 1, recovered: { send_resent: 1 } });
    const heir = await claimOutbox();
    expect(heir.items.map(({ seq, attempt, resend }) => [seq, attempt, resend])).toEqual([
      [1, 2, true],
      [2, 1, false],
    ]);
    expect(await outboxes.begin(held(heir, 1))).toBe(true);
    expect((await outboxes.settle(accepted(dead, 1, 'late'))).settled).toBe(false);
    expect(await states(executionId)).toEqual(['sending', 'intent']);
  });

  it('holds an unknown message for a person where its policy says so, tells the run, and lets the next one go', async () => {
    const executionId = await journalled(2, { onUnknown: 'hold', notify: 'failure' });
    const dead = await claimOutbox();
    await outboxes.begin(held(dead, 1));
    await outboxes.release([dead]);
    await test.advance(WAIT_MS);
    expect(await sweeper.sweep(1_000, WAIT_MS)).toMatchObject({ recovered: { send_held: 1 } });
    expect(await states(executionId)).toEqual(['held', 'intent']);
    expect(await letters()).toMatchObject([{ executionId, seq: 1, result: { outcome: 'unknown' } }]);
    expect((await claimOutbox()).items.map(({ seq }) => seq)).toEqual([2]);
  });

  it('counts what has been ready for long, so that somebody rings', async () => {
    await inbound.accept([message(ground, '+1')]);
    await test.advance(11_000);
    const result = await sweeper.sweep(1_000, WAIT_MS);
    expect(result.recovered['mailbox_waiting']).toBeGreaterThan(0);
    expect(result.mailboxes).toBeGreaterThan(0);
    await mailboxes.claim(1_000, LEASE_MS, '');
  });

  it('says when to come again', async () => {
    await mailboxes.claim(1_000, LEASE_MS, '');
    await inbound.accept([message(ground, '+1')]);
    await mailboxes.claim(1_000, 5_000, '');
    const { nextInMs } = await sweeper.sweep(1_000, WAIT_MS);
    expect(nextInMs).toBeGreaterThan(0);
    expect(nextInMs).toBeLessThanOrEqual(5_000);
  });
});
