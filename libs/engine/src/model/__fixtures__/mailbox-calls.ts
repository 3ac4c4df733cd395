import type { Json, Write } from '@workflows/core';
import type {
  ClaimedMailbox,
  ClaimResult,
  CommitResult,
  EffectState,
  MailboxCommit,
  MailboxWrite,
  RunCommit,
} from '@workflows/ports';
import { listen } from './event-calls.js';
import { tellMissedResults } from './missed-results.js';
import {
  CONNECTION,
  type ContactRow,
  type EffectRow,
  type ExecutionRow,
  iso,
  lease,
  type MailboxRow,
  type Tables,
  TENANT,
} from './tables.js';

export function claimMailboxes(tables: Tables, limit: number, leaseMs: number): ClaimResult {
  const leased = lease(tables.mailboxes.values(), limit, tables.now + leaseMs);
  return claimed(
    tables,
    leased,
    [...tables.mailboxes.values()].some(({ readyAt }) => readyAt !== null),
  );
}

export function claimed(tables: Tables, boxes: MailboxRow[], more: boolean): ClaimResult {
  const mailboxes = boxes.map((box) => contentsOf(tables, box));
  return { now: iso(tables.now), more, after: TENANT, revisions: { [TENANT]: tables.revision }, mailboxes };
}

function contentsOf(tables: Tables, box: MailboxRow): ClaimedMailbox {
  const contact = tables.contacts.get(box.id);
  const letters = box.letters.slice(box.consumed);
  const ordered = new Set(letters.flatMap((letter) => (letter.kind === 'order' ? [letter.body.executionId] : [])));
  const runs = [...tables.executions.values()].filter(
    (run) => run.mailboxId === box.id && (run.endedAt === null || ordered.has(run.id)),
  );
  return {
    tenantId: TENANT,
    mailboxId: box.id,
    leaseToken: box.token,
    readUpTo: box.letters.length,
    takenBy: null,
    conversation: contact === undefined ? null : conversationOf(contact),
    contact:
      contact === undefined
        ? null
        : { id: contact.id, name: '', locale: 'en', timezone: 'UTC', optedOut: contact.optedOut, tags: [], attributes: {} },
    letters: letters.map((letter) => ({ ...letter, ...quoteOf(tables, letter) })),
    runs: runs.map(({ id, workflowId, versionId, revision, state }) => ({
      executionId: id,
      workflowId,
      versionId,
      revision,
      state,
      openEffects: tables.effects.filter(
        (row) => row.executionId === id && row.effect.kind === 'http' && row.state === 'sending',
      ),
    })),
  };
}

function conversationOf({ id, lastInboundAt }: ContactRow): NonNullable<ClaimedMailbox['conversation']> {
  const at = lastInboundAt === null ? null : iso(lastInboundAt);
  return { id, connectionId: CONNECTION, connection: 'main', channel: 'whatsapp', lastInboundAt: at };
}

/** A message that quotes one of ours knows the step that has sent it. */
function quoteOf(tables: Tables, letter: MailboxRow['letters'][number]): { quoted?: { executionId: string; step: number } } {
  const providerId = letter.kind === 'message' ? letter.body.message.quotedId : undefined;
  const row = providerId === undefined ? undefined : tables.effects.find((each) => each.providerId === providerId);
  return row === undefined ? {} : { quoted: { executionId: row.executionId, step: row.step } };
}

/** `commit_mailboxes`: each item stands or falls as a whole, by its lease and by the revisions that it has read. */
export function commitMailboxes(tables: Tables, items: MailboxCommit[]): CommitResult[] {
  return items.map((item) => {
    const box = tables.mailbox(item.mailboxId);
    const isHeld = box.leaseUntil !== null && box.token === item.leaseToken;
    const isIntact = item.runs.every((run) => (tables.executions.get(run.executionId)?.revision ?? 0) === run.revision);
    if (!isHeld || !isIntact) return { committed: false, ready: false, outbound: false };
    const ended = item.runs.filter(({ executionId }) => (tables.executions.get(executionId)?.endedAt ?? null) !== null);
    for (const run of item.runs) storeRun(tables, box, run);
    for (const run of ended) tellMissedResults(tables, box, run);
    for (const run of item.runs) settleRun(tables, box, run);
    for (const write of item.writes) applyMailboxWrite(tables, box, write);
    const isSaid = item.writes.some(({ type }) => type === 'say');
    const isSent = item.runs.some((run) =>
      run.effects.some(({ effect, state }) => effect.kind === 'message' && state === 'intent'),
    );
    if (isSaid || isSent) tables.makeReady(tables.outbox(box.id));
    box.consumed = Math.max(box.consumed, item.readUpTo);
    if (item.release) rest(tables, box, item);
    return { committed: true, ready: box.readyAt !== null, outbound: isSaid || isSent };
  });
}

function rest(tables: Tables, box: MailboxRow, { wakeAt, readUpTo }: MailboxCommit): void {
  const wake = wakeAt === null ? null : Date.parse(wakeAt);
  const isReady = box.letters.length > readUpTo || (wake !== null && wake <= tables.now);
  box.leaseUntil = null;
  box.readyAt = isReady ? tables.now : null;
  box.wakeAt = wake !== null && wake > tables.now ? wake : null;
}

function storeRun(tables: Tables, box: MailboxRow, run: RunCommit): void {
  const known = tables.executions.get(run.executionId);
  const hasEnded = ['completed', 'failed', 'cancelled'].includes(run.state.status);
  const row: ExecutionRow = {
    id: run.executionId,
    workflowId: run.workflowId,
    versionId: run.versionId,
    mailboxId: box.id,
    contact: tables.contacts.get(box.id) ?? null,
    revision: run.revision + 1,
    state: run.state,
    history: [...(known?.history ?? []), run.events],
    endedAt: hasEnded ? tables.now : null,
    endedTick: hasEnded ? tables.tick : 0,
  };
  tables.executions.set(row.id, row);
  for (const { seq, step, effect, idempotencyKey, state, result = null } of run.effects) {
    if (tables.effect(row.id, seq) !== undefined) throw new Error(`Effect ${seq} of run ${row.id} was journalled twice.`);
    const attempt = ['intent', 'withdrawn'].includes(state) ? 0 : 1;
    journal(tables, {
      executionId: row.id,
      seq,
      step,
      mailboxId: box.id,
      effect,
      idempotencyKey,
      state,
      attempt,
      result,
      author: null,
    });
  }
}

type Journalled =
  'executionId' | 'seq' | 'step' | 'mailboxId' | 'effect' | 'idempotencyKey' | 'state' | 'attempt' | 'result' | 'author';

function journal(tables: Tables, row: Pick<EffectRow, Journalled>): void {
  const untried = { token: null, notBefore: null, resend: false, recalled: false, providerId: null, receipt: null, begunTick: 0 };
  tables.effects.push({ ...row, ...untried, position: tables.effects.length, changedAt: tables.now });
}

function settleRun(tables: Tables, box: MailboxRow, { executionId, withdraw, effects, settled }: RunCommit): void {
  // What was decided on after the withdrawal, as a compensation, goes out.
  const first = Math.min(...effects.map(({ seq }) => seq));
  const withdrawn = withdraw ? tables.unsettled(box.id).filter((row) => row.executionId === executionId && row.seq < first) : [];
  for (const row of withdrawn) takeBack(tables, row);
  for (const { seq, state, result } of settled) {
    const row = tables.effect(executionId, seq)!;
    if (['intent', 'sending', 'unknown'].includes(row.state)) Object.assign(change(tables, row, state), { result });
  }
  for (const { effect, step } of effects) if (effect.kind === 'write') applyWrite(tables, box, executionId, step, effect.write);
}

function applyWrite(tables: Tables, box: MailboxRow, executionId: string, step: number, write: Write): void {
  switch (write.type) {
    case 'event': {
      const { id, name, key, data } = write;
      const source: { [key: string]: Json } = { executionId, step };
      tables.events.push({ id, name, key, data, source, at: tables.now, dueAt: tables.now, tries: 0, dispatched: false });
      return;
    }
    case 'listen':
      return listen(tables, { executionId, step, mailboxId: box.id, name: write.name, key: write.key }, write);
    case 'unlisten':
      tables.waits = tables.waits.filter((wait) => wait.executionId !== executionId || wait.step !== step);
      return;
    default:
      throw new Error(`The model does not write a ${write.type}.`);
  }
}

function applyMailboxWrite(tables: Tables, box: MailboxRow, write: MailboxWrite): void {
  switch (write.type) {
    case 'consent': {
      const contact = tables.contacts.get(box.id)!;
      if (contact.optedOut !== write.optedOut) {
        const { now, tick } = tables;
        Object.assign(contact, { optedOut: write.optedOut, optedOutAt: write.optedOut ? now : null, optedOutTick: tick });
      }
      if (!write.optedOut) return;
      for (const row of tables.unsettled(box.id)) if (row.author === null) takeBack(tables, row);
      return;
    }
    case 'say': {
      if (tables.effects.some((row) => row.executionId === box.id && row.idempotencyKey === write.key)) return;
      const seq = tables.effects.filter(({ executionId }) => executionId === box.id).length + 1;
      journal(tables, {
        executionId: box.id,
        seq,
        step: 0,
        mailboxId: box.id,
        effect: { kind: 'message', message: write.message, onUnknown: 'resend', notify: 'never' },
        idempotencyKey: write.key,
        state: 'intent',
        attempt: 0,
        result: null,
        author: write.author,
      });
      return;
    }
    default:
      throw new Error(`The model does not write ${write.type}.`);
  }
}

/** What may have reached the contact is not sent a second time; what is being sent is not tried again. */
function takeBack(tables: Tables, row: EffectRow): void {
  if (row.state === 'sending') row.recalled = true;
  else change(tables, row, row.state === 'intent' ? 'withdrawn' : 'held');
}

export function change(tables: Tables, row: EffectRow, state: EffectState): EffectRow {
  const next = state === 'intent' && row.recalled ? 'withdrawn' : state;
  return Object.assign(row, { state: next, resend: false, changedAt: tables.now });
}

/** `release_mailboxes` */
export function releaseMailboxes(tables: Tables, leases: Array<{ mailboxId: string; leaseToken: number }>): number {
  const held = leases.map(({ mailboxId, leaseToken }) => ({ box: tables.mailbox(mailboxId), leaseToken }));
  const released = held.filter(({ box, leaseToken }) => box.token === leaseToken && box.leaseUntil !== null);
  for (const { box } of released) Object.assign(box, { leaseUntil: null, wakeAt: null, readyAt: tables.now });
  return released.length;
}
