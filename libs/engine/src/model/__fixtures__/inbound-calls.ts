import { assertNever } from '@workflows/core';
import type { AcceptItem, AcceptResult, ClaimResult, PlacedOrder } from '@workflows/ports';
import { claimed } from './mailbox-calls.js';
import { lease, type MailboxRow, type Tables } from './tables.js';

/** `accept` and `place_orders`: what comes in is a letter, once. */
export function accept(tables: Tables, items: Array<AcceptItem | PlacedOrder>): AcceptResult {
  return items.map((item) => {
    const mailboxId = addressOf(tables, item);
    if (mailboxId === null) return { outcome: 'not_found' };
    const dedupe = `${item.kind}:${item.kind === 'start' ? item.executionId : dedupeOf(item)}`;
    const isNew =
      !(item.kind === 'start' && tables.executions.has(item.executionId)) && tables.post(mailboxId, dedupe, letterOf(item));
    if (!isNew) return { outcome: 'duplicate' };
    if (item.kind === 'message' && item.message.opensWindow !== false) {
      const contact = tables.contacts.get(mailboxId)!;
      contact.lastInboundAt = Math.max(contact.lastInboundAt ?? 0, Math.min(Date.parse(item.message.at), tables.now));
    }
    return { outcome: 'stored', mailboxId };
  });
}

/** `accept_and_claim`: what this very call has made ready is leased, and nothing else. */
export function acceptAndClaim(
  tables: Tables,
  items: AcceptItem[],
  limit: number,
  leaseMs: number,
): { accepted: AcceptResult; claim: ClaimResult } {
  const isReady = ({ readyAt }: MailboxRow): boolean => readyAt !== null;
  const before = new Set([...tables.mailboxes.values()].filter(isReady));
  const accepted = accept(tables, items);
  const fresh = [...tables.mailboxes.values()].filter((box) => isReady(box) && !before.has(box));
  return { accepted, claim: claimed(tables, lease(fresh, limit, tables.now + leaseMs), false) };
}

function addressOf(tables: Tables, item: AcceptItem | PlacedOrder): string | null {
  switch (item.kind) {
    case 'message':
    case 'echo':
      return tables.contact(item.aliases[0]!).id;
    case 'start':
      return item.contact === undefined ? (item.mailboxId ?? item.executionId) : tables.contact(item.contact.aliases[0]!).id;
    case 'cancel':
    case 'signal':
    case 'order':
      return mailboxOf(tables, item.executionId);
    default:
      return assertNever(item);
  }
}

/** A run that waits to be begun is found by its letter. */
function mailboxOf(tables: Tables, executionId: string): string | null {
  const stored = tables.executions.get(executionId)?.mailboxId;
  const isStart = (box: MailboxRow) => box.letters.some(({ dedupe }) => dedupe === `start:${executionId}`);
  return stored ?? [...tables.mailboxes.values()].find(isStart)?.id ?? null;
}

/** Keys of orders are the caller's, one set for each run. */
const dedupeOf = (item: (AcceptItem & { dedupe: string }) | PlacedOrder): string =>
  item.kind === 'order' ? `${item.executionId}:${item.dedupe}` : item.dedupe;

function letterOf(item: AcceptItem | PlacedOrder) {
  switch (item.kind) {
    case 'message':
      return { kind: item.kind, body: { message: item.message }, quoted: null };
    case 'echo':
      return { kind: item.kind, body: { message: item.message } };
    case 'start':
      return { kind: item.kind, body: item.start };
    case 'cancel':
      return { kind: item.kind, body: { executionId: item.executionId, reason: item.reason, by: item.by } };
    case 'signal': {
      const { executionId, step, name, data } = item;
      return { kind: item.kind, body: { executionId, step, name, data } };
    }
    case 'order':
      return { kind: item.kind, body: { executionId: item.executionId, order: item.order, by: item.by } };
    default:
      return assertNever(item);
  }
}
