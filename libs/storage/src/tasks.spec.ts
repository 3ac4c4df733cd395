import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExecutionState, Write } from '@workflows/core';
import type { ClaimedMailbox, TaskRecord } from '@workflows/ports';
import { createTestDatabase, type TestDatabase } from '@workflows/testing';
import { commitOf, type Ground, layGround, message, run, start, state } from './__fixtures__/arrange.js';
import { Committer } from './committer.js';
import { InboundStore } from './stores/inbound.store.js';
import { MailboxStore } from './stores/mailbox.store.js';
import { QueueStore } from './stores/queue.store.js';
import { TaskStore } from './stores/task.store.js';

let test: TestDatabase;
let inbound: InboundStore;
let mailboxes: MailboxStore;
let committer: Committer;
let tasks: TaskStore;

beforeAll(async () => {
  test = await createTestDatabase({ testClock: true });
  inbound = new InboundStore(test.database);
  mailboxes = new MailboxStore(test.database);
  committer = new Committer(test.database);
  tasks = new TaskStore(test.database);
});
afterAll(() => test.drop());

const APPROVED = { decision: 'approved', by: 'Bea', via: 'key:inbox', comment: 'fine' } as const;
const REJECTED = { ...APPROVED, decision: 'rejected' } as const;

async function claim(ground: Ground): Promise<ClaimedMailbox> {
  const { mailboxes: claimed } = await mailboxes.claim(1_000, 30_000, '');
  const box = claimed.find(({ tenantId }) => tenantId === ground.tenantId);
  if (box === undefined) throw new Error('Nothing was ready.');
  return box;
}

/** A run that waits at step 1 for a decision. */
async function openTask(due = '2099-01-01T00:00:00.000Z'): Promise<{ ground: Ground; executionId: string; task: TaskRecord }> {
  const ground = await layGround(test.admin);
  const begun = start(ground);
  await inbound.accept([begun]);
  const { executionId } = begun;
  const write: Write = { type: 'task', kind: 'approval', queue: 'sales', title: 'Discount', details: { percent: 30 }, due };
  const effect = {
    seq: 1,
    node: 'greet',
    step: 1,
    effect: { kind: 'write' as const, write },
    idempotencyKey: 'k',
    state: 'sent' as const,
  };
  await committer.commit(commitOf(await claim(ground), [run(ground, { executionId, effects: [effect] })]));
  const { items } = await tasks.list(ground.tenantId, { queue: 'sales', status: 'open' }, { limit: 10 });
  const [task] = items;
  if (task === undefined) throw new Error('No task was opened.');
  return { ground, executionId, task };
}

/** The run moves on: its state is `next`. */
async function commit(ground: Ground, executionId: string, next: ExecutionState): Promise<void> {
  await test.admin.query('update workflows.mailboxes set ready_at = workflows.now() where tenant_id = $1', [ground.tenantId]);
  await committer.commit(commitOf(await claim(ground), [run(ground, { executionId, revision: 1, state: next })]));
}

describe('an echo of what a person has sent on a phone', () => {
  it('comes once to the mailbox of its contact, and does not open the window', async () => {
    const ground = await layGround(test.admin);
    const { kind: _kind, ...said } = message(ground, '+1');
    const echo = { ...said, kind: 'echo' as const };
    expect(await inbound.accept([echo])).toMatchObject([{ outcome: 'stored' }]);
    expect(await inbound.accept([echo])).toMatchObject([{ outcome: 'duplicate' }]);
    expect(await claim(ground)).toMatchObject({
      takenBy: null,
      conversation: { lastInboundAt: null },
      letters: [{ kind: 'echo', body: { message: { id: said.message.id } } }],
    });
  });

  it('takes the conversation over, until it is given back', async () => {
    const ground = await layGround(test.admin);
    await inbound.accept([message(ground, '+1')]);
    await committer.commit(commitOf(await claim(ground), [], { writes: [{ type: 'taken', by: 'phone' }] }));
    await inbound.accept([message(ground, '+1')]);
    const box = await claim(ground);
    expect(box.takenBy).toBe('phone');
    await committer.commit(commitOf(box, [], { writes: [{ type: 'given_back' }] }));
    await inbound.accept([message(ground, '+1')]);
    expect((await claim(ground)).takenBy).toBeNull();
  });
});

describe('a task', () => {
  it('is opened by the commit of its step', async () => {
    const { executionId, task } = await openTask();
    expect(task).toMatchObject({
      kind: 'approval',
      queue: 'sales',
      title: 'Discount',
      details: { percent: 30 },
      status: 'open',
      executionId,
      node: 'greet',
      by: null,
    });
  });

  it('is decided once; the same again is harmless, and anything else is refused', async () => {
    const { ground, executionId, task } = await openTask();
    const { tenantId } = ground;
    const decided = await tasks.decide(tenantId, task.id, APPROVED);
    expect(decided).toMatchObject({ status: 'approved', by: 'Bea', via: 'key:inbox', comment: 'fine' });
    expect(await tasks.decide(tenantId, task.id, { ...APPROVED, by: 'Cem' })).toEqual(decided);
    await expect(tasks.decide(tenantId, task.id, REJECTED)).rejects.toMatchObject({ code: 'conflict' });
    expect((await claim(ground)).letters).toMatchObject([
      {
        kind: 'signal',
        body: { executionId, step: 1, name: 'decision', data: { decision: 'approved', by: 'Bea', comment: 'fine' } },
      },
    ]);
  });

  it('is of nobody else: another tenant neither sees nor decides it', async () => {
    const { task } = await openTask();
    const stranger = await layGround(test.admin);
    expect(await tasks.get(stranger.tenantId, task.id)).toBeNull();
    await expect(tasks.decide(stranger.tenantId, task.id, APPROVED)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('stays open while its step waits, and is withdrawn when the run goes on without it', async () => {
    const { ground, executionId, task } = await openTask();
    await commit(ground, executionId, state(executionId));
    expect(await tasks.get(ground.tenantId, task.id)).toMatchObject({ status: 'open' });
    await test.admin.query("update workflows.executions set state = jsonb_set(state, '{tokens}', '[]') where id = $1", [
      executionId,
    ]);
    expect(await tasks.get(ground.tenantId, task.id)).toMatchObject({ status: 'withdrawn', by: null });
    await expect(tasks.decide(ground.tenantId, task.id, APPROVED)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('can no longer be decided when its time is over, and is expired when its run has left', async () => {
    const { ground, executionId, task } = await openTask('2026-01-01T00:00:00.000Z');
    await expect(tasks.decide(ground.tenantId, task.id, APPROVED)).rejects.toMatchObject({ code: 'conflict' });
    await commit(ground, executionId, { ...state(executionId, 'completed'), tokens: [] });
    expect(await tasks.get(ground.tenantId, task.id)).toMatchObject({ status: 'expired' });
  });

  it('is not opened for a step that the run has left within the same commit', async () => {
    const ground = await layGround(test.admin);
    const begun = start(ground);
    await inbound.accept([begun]);
    const write: Write = {
      type: 'task',
      kind: 'approval',
      queue: 'sales',
      title: 'x',
      details: null,
      due: '2099-01-01T00:00:00Z',
    };
    const effect = {
      seq: 1,
      node: 'ask',
      step: 9,
      effect: { kind: 'write' as const, write },
      idempotencyKey: 'k',
      state: 'sent' as const,
    };
    await committer.commit(commitOf(await claim(ground), [run(ground, { executionId: begun.executionId, effects: [effect] })]));
    expect((await tasks.list(ground.tenantId, {}, { limit: 10 })).items).toEqual([]);
  });

  it('keeps its queue from being deleted as long as it is open', async () => {
    const queues = new QueueStore(test.database);
    const { ground, task } = await openTask();
    await queues.put(ground.tenantId, 'sales', 'Sales');
    expect(await queues.list(ground.tenantId)).toMatchObject([{ name: 'sales', title: 'Sales', openTasks: 1 }]);
    await expect(queues.delete(ground.tenantId, 'sales')).rejects.toMatchObject({ code: 'conflict' });
    await tasks.decide(ground.tenantId, task.id, REJECTED);
    expect(await queues.delete(ground.tenantId, 'sales')).toBe(true);
    expect(await queues.delete(ground.tenantId, 'sales')).toBe(false);
  });

  it('comes in pages, those that have waited longest first', async () => {
    const { ground, task } = await openTask();
    await test.admin.query(
      `insert into workflows.tasks select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'created_at',
         t.created_at + interval '1 second'))).* from workflows.tasks t where id = $1`,
      [task.id],
    );
    const first = await tasks.list(ground.tenantId, {}, { limit: 1 });
    expect(first.items.map(({ id }) => id)).toEqual([task.id]);
    const second = await tasks.list(ground.tenantId, {}, { limit: 1, cursor: first.nextCursor ?? '' });
    expect(second).toMatchObject({ items: [{ title: 'Discount' }], nextCursor: null });
    expect(second.items[0]?.id).not.toBe(task.id);
  });
});
