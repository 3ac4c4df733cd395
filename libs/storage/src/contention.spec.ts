import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { commitOf, layGround, message, run, send, state } from './__fixtures__/arrange.js';
import { Committer } from './committer.js';
import { InboundStore } from './stores/inbound.store.js';
import { MailboxStore } from './stores/mailbox.store.js';
import { OutboxStore } from './stores/outbox.store.js';
import { ReceiptStore } from './stores/receipt.store.js';
import { SweepStore } from './stores/sweep.store.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 16 });
});
afterAll(() => test.drop());

/**
 * Everybody at once on few conversations, each with stores of its own as in a process of its own: two that accept, two
 * that advance, two that send, one that receives receipts, two that sweep. A deadlock, a lost letter, a message out of
 * order or one sent twice would show.
 */
it('sends each message once and in order while everybody works on the same conversations', async () => {
  const ground = await layGround(test.admin);
  const contacts = ['+1', '+2', '+3'];
  const total = 120;
  const posted = new Map<string, string[]>();
  const waitingReceipts: string[] = [];
  let accepted = 0;
  let answered = 0;
  // The first failure, and a deadline, end all loops: the test then says what is wrong and does not hang.
  let failed = false;
  const deadline = Date.now() + 25_000;
  const done = () => failed || answered >= total || Date.now() > deadline;

  async function accept(): Promise<void> {
    const inbound = new InboundStore(test.database);
    while (accepted < total && !done()) {
      const batch = Array.from({ length: Math.min(5, total - accepted) }, () => {
        accepted += 1;
        return message(ground, contacts[accepted % contacts.length] ?? '', { text: String(accepted) });
      });
      await inbound.accept(batch);
    }
  }

  async function advance(): Promise<void> {
    const [mailboxes, committer] = [new MailboxStore(test.database), new Committer(test.database)];
    for (let after = ''; !done();) {
      const claim = await mailboxes.claim(2, 30_000, after);
      after = claim.after;
      await Promise.all(
        claim.mailboxes.map(async (box) => {
          // Each letter becomes a run that answers with one message, and ends.
          const runs = box.letters.flatMap((letter) => {
            if (letter.kind !== 'message') return [];
            const created = run(ground, { effects: [send(1, { notify: 'delivered' })], withdraw: true });
            return [
              { ...created, state: { ...state(created.executionId, 'completed'), vars: { text: letter.body.message.text } } },
            ];
          });
          const result = await committer.commit(commitOf(box, runs));
          expect(result.committed).toBe(true);
        }),
      );
    }
  }

  async function outbound(): Promise<void> {
    const outboxes = new OutboxStore(test.database);
    for (let after = ''; !done();) {
      const claim = await outboxes.claim(2, 30_000, after);
      after = claim.after;
      for (const box of claim.outboxes) {
        for (const { executionId, seq } of box.items) {
          const begin = { tenantId: box.tenantId, mailboxId: box.mailboxId, leaseToken: box.leaseToken, executionId, seq };
          if (!(await outboxes.begin(begin))) break;
          posted.set(box.mailboxId, [...(posted.get(box.mailboxId) ?? []), executionId]);
          waitingReceipts.push(executionId);
          await outboxes.settle({ ...begin, state: 'sent', providerId: executionId, result: { outcome: 'done', data: {} } });
          answered += 1;
        }
        await outboxes.release([box]);
      }
    }
  }

  async function receive(): Promise<void> {
    const receipts = new ReceiptStore(test.database);
    while (!done() || (!failed && waitingReceipts.length > 0)) {
      const batch = waitingReceipts.splice(0, 10).map((providerId) => ({
        tenantId: ground.tenantId,
        connectionId: ground.connectionId,
        providerId,
        status: 'delivered' as const,
        at: new Date().toISOString(),
      }));
      await receipts.record(batch);
      // Without receipts nothing above waits for the network, and the others would never have their turn.
      await pause(1);
    }
  }

  async function sweep(): Promise<void> {
    const sweeper = new SweepStore(test.database);
    while (!done()) expect((await sweeper.sweep(50, 60_000)).recovered).toMatchObject({ mailbox_lease: 0, outbox_lease: 0 });
  }

  const workers = [accept(), accept(), advance(), advance(), outbound(), outbound(), receive(), sweep(), sweep()];
  const ends = await Promise.allSettled(
    workers.map((worker) =>
      worker.catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    ),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;

  const { rows } = await test.admin.query<{ id: string; mailbox: string; state: string; receipt: string }>(
    `select execution_id as id, mailbox_id as mailbox, state, receipt from workflows.effects where tenant_id = $1 order by position`,
    [ground.tenantId],
  );
  expect(rows).toHaveLength(total);
  expect(new Set(rows.map((row) => `${row.state} ${row.receipt}`))).toEqual(new Set(['sent delivered']));
  for (const [mailbox, order] of posted) expect(order).toEqual(rows.filter((row) => row.mailbox === mailbox).map(({ id }) => id));
}, 60_000);

it('tells a claim that something ready was left when a lock has hidden it for a moment', async () => {
  const ground = await layGround(test.admin);
  const [inbound, mailboxes] = [new InboundStore(test.database), new MailboxStore(test.database)];
  await inbound.accept([message(ground, '+7', { text: 'hidden' })]);
  const holder = await test.admin.connect();
  try {
    await holder.query('begin');
    await holder.query('select from workflows.mailboxes where tenant_id = $1 for no key update', [ground.tenantId]);
    await expect(mailboxes.claim(10, 30_000, '')).resolves.toMatchObject({ more: true, mailboxes: [] });
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  const claim = await mailboxes.claim(10, 30_000, '');
  expect(claim.mailboxes.map(({ tenantId }) => tenantId)).toEqual([ground.tenantId]);
  expect(claim.more).toBe(false);
});
