import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MailboxWrite } from '@workflows/ports';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { commitOf, type Ground, layGround, message, run, send, state } from './__fixtures__/arrange.js';
import { Committer } from './committer.js';
import { InboundStore } from './stores/inbound.store.js';
import { MailboxStore } from './stores/mailbox.store.js';
import { OutboxStore } from './stores/outbox.store.js';

let test: TestDatabase;
let inbound: InboundStore;
let mailboxes: MailboxStore;
let committer: Committer;
let outboxes: OutboxStore;

beforeAll(async () => {
  test = await createTestDatabase({ testClock: true });
  inbound = new InboundStore(test.database);
  mailboxes = new MailboxStore(test.database);
  committer = new Committer(test.database);
  outboxes = new OutboxStore(test.database);
});
afterAll(() => test.drop());

const OUT: MailboxWrite[] = [
  { type: 'consent', optedOut: true },
  { type: 'say', author: 'engine', message: { type: 'content', text: 'Bye.' }, key: 'consent:1' },
];

async function hear(ground: Ground) {
  await inbound.accept([message(ground, '+1')]);
  const { mailboxes: claimed } = await mailboxes.claim(1_000, 30_000, '');
  const box = claimed.find(({ tenantId }) => tenantId === ground.tenantId);
  if (box === undefined) throw new Error('Nothing was ready.');
  return box;
}

async function toSend(ground: Ground) {
  const { outboxes: claimed } = await outboxes.claim(1_000, 30_000, '');
  return claimed.find(({ tenantId }) => tenantId === ground.tenantId);
}

describe('an opt-out', () => {
  it('withdraws what runs have not sent, also runs that have ended, and sends its own confirmation', async () => {
    const ground = await layGround(test.admin);
    const ended = run(ground, { effects: [send(1), send(2)] });
    ended.state = { ...state(ended.executionId, 'completed'), tokens: [] };
    await committer.commit(commitOf(await hear(ground), [ended]));
    // Somebody is about to send: what they were given is not theirs any more.
    const stale = await toSend(ground);
    const box = await hear(ground);
    expect(await committer.commit(commitOf(box, [], { writes: OUT }))).toMatchObject({ committed: true, outbound: true });
    const begin = { ...box, leaseToken: stale?.leaseToken ?? 0, executionId: ended.executionId, seq: 1 };
    expect(await outboxes.begin(begin)).toBe(false);
    await outboxes.release([{ ...box, leaseToken: stale?.leaseToken ?? 0 }]);

    const items = (await toSend(ground))?.items;
    expect(items).toMatchObject([{ executionId: box.mailboxId, seq: 1, optedOut: false, effect: { message: { text: 'Bye.' } } }]);
    expect(await contactOf(ground)).toEqual({ opted_out: true, stamped: true });
  });

  it('is written once, however often its commit comes', async () => {
    const ground = await layGround(test.admin);
    await committer.commit(commitOf(await hear(ground), [], { writes: OUT }));
    await committer.commit(commitOf(await hear(ground), [], { writes: OUT }));
    expect((await toSend(ground))?.items).toHaveLength(1);
  });

  it('refuses from then on what the contact has not asked for', async () => {
    const ground = await layGround(test.admin);
    await committer.commit(commitOf(await hear(ground), [], { writes: [{ type: 'consent', optedOut: true }] }));
    await test.admin.query("update workflows.contacts set opted_out_at = '2026-01-01' where tenant_id = $1", [ground.tenantId]);
    const template = { type: 'template', name: 'n', language: 'en', category: 'marketing', params: {} } as const;
    const asked = (effects: ReturnType<typeof send>[], type: string, startedAt: string) => {
      const made = run(ground, { effects });
      made.state = { ...state(made.executionId), startedAt, event: { type } };
      return made;
    };
    const runs = [
      asked([send(1)], 'call', '2026-02-01T00:00:00Z'),
      asked([send(1)], 'channel.message', '2025-12-31T00:00:00Z'),
      asked(
        [send(1), { ...send(2), effect: { kind: 'message', message: template, onUnknown: 'hold', notify: 'never' } }],
        'channel.message',
        '2026-02-01T00:00:00Z',
      ),
    ];
    await committer.commit(commitOf(await hear(ground), runs));
    const items = (await toSend(ground))?.items ?? [];
    const refused = runs.map(({ executionId }) =>
      items.filter((item) => item.executionId === executionId).map(({ optedOut }) => optedOut),
    );
    expect(refused).toEqual([[true], [true], [false, true]]);
  });

  it('is taken back by an opt-in', async () => {
    const ground = await layGround(test.admin);
    await committer.commit(commitOf(await hear(ground), [], { writes: OUT }));
    await committer.commit(commitOf(await hear(ground), [], { writes: [{ type: 'consent', optedOut: false }] }));
    expect(await contactOf(ground)).toEqual({ opted_out: false, stamped: false });
    await committer.commit(commitOf(await hear(ground), [run(ground, { effects: [send(1)] })]));
    expect((await toSend(ground))?.items.map(({ optedOut }) => optedOut)).toEqual([false, false]);
  });
});

async function contactOf({ tenantId }: Ground) {
  const sql = 'select opted_out, opted_out_at is not null as stamped from workflows.contacts where tenant_id = $1';
  return (await test.admin.query<{ opted_out: boolean; stamped: boolean }>(sql, [tenantId])).rows[0];
}
