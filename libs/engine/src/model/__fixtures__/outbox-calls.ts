import type { EffectResult, MessageStatus } from '@workflows/core';
import type {
  BeginSend,
  ClaimedOutbox,
  OutboundClaim,
  OutboxRelease,
  SettleSend,
  StatusReceipt,
  SweepResult,
} from '@workflows/ports';
import type { RecordedReceipts, SettledSend } from '@workflows/storage';
import { change } from './mailbox-calls.js';
import { CONNECTION, type EffectRow, iso, lease, type Tables, TENANT } from './tables.js';

export function claimOutboxes(tables: Tables, limit: number, leaseMs: number): OutboundClaim {
  const rows = [...tables.outboxes].map(([id, row]) => Object.assign(row, { id }));
  const claimed = lease(rows, limit, tables.now + leaseMs).map((row) => contentsOf(tables, row.id, row.token));
  // Woken for nothing: the message was withdrawn, or the first one has to wait.
  for (const { mailboxId } of claimed.filter(({ items }) => items.length === 0)) restOutbox(tables, mailboxId);
  return {
    now: iso(tables.now),
    more: rows.some(({ readyAt }) => readyAt !== null),
    after: TENANT,
    outboxes: claimed.filter(({ items }) => items.length > 0),
  };
}

function contentsOf(tables: Tables, mailboxId: string, leaseToken: number): ClaimedOutbox {
  const contact = tables.contacts.get(mailboxId)!;
  const unsettled = tables.unsettled(mailboxId).slice(0, 20);
  const blocked = unsettled.findIndex((row) => !isSendable(row) || (row.notBefore ?? 0) > tables.now);
  return {
    tenantId: TENANT,
    mailboxId,
    leaseToken,
    connectionId: CONNECTION,
    channel: 'whatsapp',
    to: [contact.alias],
    lastInboundAt: contact.lastInboundAt === null ? null : iso(contact.lastInboundAt),
    items: unsettled.slice(0, blocked === -1 ? undefined : blocked).flatMap((row) =>
      row.effect.kind !== 'message'
        ? []
        : [
            {
              executionId: row.executionId,
              seq: row.seq,
              effect: row.effect,
              attempt: row.attempt + 1,
              resend: row.resend,
              optedOut: contact.optedOut && row.author === null && isUnwanted(tables, row, contact.optedOutAt!),
            },
          ],
    ),
  };
}

const isSendable = ({ state, resend }: EffectRow): boolean => state === 'intent' || (state === 'unknown' && resend);

/** Only runs that the contact has started since may speak to who has opted out. */
function isUnwanted(tables: Tables, { executionId }: EffectRow, optedOutAt: number): boolean {
  const run = tables.executions.get(executionId)!;
  return !(Date.parse(run.state.startedAt) > optedOutAt && run.state.event['type'] === 'channel.message');
}

function restOutbox(tables: Tables, mailboxId: string): void {
  const [head] = tables.unsettled(mailboxId);
  const outbox = tables.outbox(mailboxId);
  const waits = head?.notBefore != null && head.notBefore > tables.now;
  const sendable = head !== undefined && isSendable(head);
  outbox.leaseUntil = null;
  outbox.readyAt = sendable && !waits ? (outbox.readyAt ?? tables.now) : null;
  outbox.wakeAt = sendable && waits ? head.notBefore : null;
}

/** Under a lease its holder sees to it. */
function refreshOutbox(tables: Tables, mailboxId: string): void {
  if (tables.outbox(mailboxId).leaseUntil === null) restOutbox(tables, mailboxId);
}

export function beginSends(tables: Tables, items: BeginSend[]): boolean[] {
  return items.map(({ mailboxId, leaseToken, executionId, seq }) => {
    const outbox = tables.outbox(mailboxId);
    const [head] = tables.unsettled(mailboxId);
    const isHeld = outbox.token === leaseToken && outbox.leaseUntil !== null && outbox.leaseUntil > tables.now;
    if (!isHeld || head?.executionId !== executionId || head.seq !== seq || !isSendable(head)) return false;
    Object.assign(change(tables, head, 'sending'), {
      attempt: head.attempt + 1,
      token: leaseToken,
      notBefore: null,
      begunTick: tables.tick,
    });
    return true;
  });
}

export function settleSends(tables: Tables, items: SettleSend[]): SettledSend[] {
  return items.map((item) => {
    const row = tables.effect(item.executionId, item.seq);
    if (row?.token !== item.leaseToken) return { settled: false, ready: false };
    let ready = false;
    if (row.state === 'sending' || row.state === 'unknown') {
      const notBefore = item.state === 'intent' ? tables.now + (item.retryInMs ?? 0) : null;
      const providerId = item.providerId ?? row.providerId;
      Object.assign(change(tables, row, item.state), { result: item.result, providerId, notBefore });
      const notify = notifyOf(row);
      const isTold =
        item.state === 'failed' ||
        (item.state === 'sent' && notify === 'accepted') ||
        (item.state === 'held' && notify !== 'never');
      ready = isTold && report(tables, row, item.result);
    } else if (item.providerId === undefined) {
      return { settled: false, ready: false };
    } else row.providerId ??= item.providerId; // A receipt was faster.
    const early = tables.early.filter(({ providerId }) => providerId === row.providerId);
    tables.early = tables.early.filter((receipt) => !early.includes(receipt));
    for (const receipt of early) ready = applyReceipt(tables, row, receipt) || ready;
    refreshOutbox(tables, row.mailboxId);
    return { settled: true, ready };
  });
}

/** Tells a run what became of its message: one letter for each outcome, none to a run that has ended. */
function report(tables: Tables, { executionId, seq, mailboxId }: EffectRow, result: EffectResult): boolean {
  if (tables.executions.get(executionId)?.endedAt !== null) return false;
  return tables.post(mailboxId, `effect:${executionId}:${seq}:${result.outcome}`, {
    kind: 'effect',
    body: { executionId, seq, result },
  });
}

const notifyOf = ({ effect }: EffectRow): string => (effect.kind === 'message' ? effect.notify : 'never');

export function releaseOutboxes(tables: Tables, items: OutboxRelease[]): boolean[] {
  return items.map(({ mailboxId, leaseToken }) => {
    const outbox = tables.outbox(mailboxId);
    if (outbox.token !== leaseToken || outbox.leaseUntil === null) return false;
    abandonSends(tables, mailboxId);
    restOutbox(tables, mailboxId);
    return outbox.readyAt !== null;
  });
}

/** Whoever was sending is gone, so nobody knows what became of it. */
function abandonSends(tables: Tables, mailboxId: string): number {
  const abandoned = tables.unsettled(mailboxId).filter(({ state }) => state === 'sending');
  for (const row of abandoned) Object.assign(row, { state: 'unknown', changedAt: tables.now });
  return abandoned.length;
}

const RANKS: Array<MessageStatus | null> = [null, 'sent', 'failed', 'delivered', 'read', 'played'];
const rankOf = (status: string | null): number => RANKS.findIndex((each) => each === status);

/** A message only ever climbs: a failure can follow `sent`, and whatever was delivered did not fail. */
function applyReceipt(tables: Tables, row: EffectRow, { providerId, status }: StatusReceipt): boolean {
  if (rankOf(row.receipt) >= rankOf(status)) return false;
  const failure = { code: 'channel.undeliverable', kind: 'terminal' as const, message: 'It was not delivered.' };
  const result: EffectResult =
    status === 'failed'
      ? { outcome: 'failed', failure }
      : { outcome: 'done', data: { messageId: row.providerId ?? providerId, status } };
  const before = row.state;
  row.providerId ??= providerId;
  Object.assign(change(tables, row, status === 'failed' ? 'failed' : 'sent'), { receipt: status, result, notBefore: null });
  // The run was told of a failure and went on: it is not told the opposite.
  if (before === 'failed') return false;
  const notify = notifyOf(row);
  const isDelivered = rankOf(status) >= rankOf('delivered');
  return status === 'failed' || notify === 'accepted' || (notify === 'delivered' && isDelivered)
    ? report(tables, row, result)
    : false;
}

export function recordReceipts(tables: Tables, receipts: StatusReceipt[]): RecordedReceipts {
  const recorded = { mailboxes: 0, outboxes: 0, early: 0 };
  for (const receipt of receipts) {
    const row =
      (receipt.effect && tables.effect(receipt.effect.executionId, receipt.effect.seq)) ??
      tables.effects.find(({ providerId }) => providerId === receipt.providerId);
    if (row === undefined) {
      recorded.early += 1;
      tables.early.push(receipt);
      continue;
    }
    const isUnsettled = ['intent', 'sending', 'unknown'].includes(row.state);
    if (applyReceipt(tables, row, receipt)) recorded.mailboxes += 1;
    if (!isUnsettled) continue;
    recorded.outboxes += 1;
    refreshOutbox(tables, row.mailboxId);
  }
  return recorded;
}

/** Due timers, leases that ran out, and sends whose wait for a receipt is over. */
export function sweep(tables: Tables, unknownWaitMs: number): SweepResult {
  let mailboxes = 0;
  let outboxes = 0;
  const recovered = { mailbox_lease: 0, outbox_lease: 0, send_abandoned: 0, send_resent: 0, send_held: 0 };
  for (const box of tables.mailboxes.values()) {
    if (box.wakeAt === null || box.wakeAt > tables.now) continue;
    if (box.leaseUntil !== null) recovered.mailbox_lease += 1;
    Object.assign(box, { token: box.token + Number(box.leaseUntil !== null), leaseUntil: null, wakeAt: null });
    tables.makeReady(box);
    mailboxes += 1;
  }
  for (const [id, outbox] of tables.outboxes) {
    if (outbox.wakeAt === null || outbox.wakeAt > tables.now) continue;
    if (outbox.leaseUntil !== null) {
      recovered.outbox_lease += 1;
      recovered.send_abandoned += abandonSends(tables, id);
      outbox.token += 1;
    }
    restOutbox(tables, id);
    outboxes += 1;
  }
  for (const row of tables.effects) {
    if (row.state !== 'unknown' || row.effect.kind !== 'message' || row.resend || row.changedAt > tables.now - unknownWaitMs)
      continue;
    if (row.effect.onUnknown === 'hold' || row.recalled) {
      recovered.send_held += 1;
      const failure = { code: 'effect.unknown', kind: 'terminal' as const, message: 'It is held for a person to decide.' };
      change(tables, row, 'held');
      if (row.effect.notify !== 'never' && report(tables, row, { outcome: 'unknown', failure })) mailboxes += 1;
    } else {
      recovered.send_resent += 1;
      Object.assign(change(tables, row, 'unknown'), { resend: true });
    }
    refreshOutbox(tables, row.mailboxId);
    outboxes += 1;
  }
  return { mailboxes, outboxes, nextInMs: null, recovered };
}
