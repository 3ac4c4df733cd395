import type { ExecutionState, JsonObject, Order } from '@workflows/core';
import type { StartLetter } from './start-letter.js';

/** An order on its way to a run, with what the audit log says of it. Stored with its record, or not at all. */
export interface PlacedOrder {
  kind: 'order';
  tenantId: string;
  executionId: string;
  /** The order's idempotency key: of several with the same one for a run, the first counts. */
  dedupe: string;
  order: Order;
  /** Who orders, as the audit log and the run's history show it. */
  by: string;
  requestId?: string;
  /** What the audit log says beside the order itself; no secrets. */
  details?: JsonObject;
}

/** A fork on its way into the mailbox of the run that it comes from, or into one of its own. */
export interface PlacedFork {
  tenantId: string;
  start: StartLetter;
  by: string;
  requestId?: string;
}

/** What decides whether a run can be forked. */
export interface ForkTarget {
  /** The fork that came before under the same id. */
  placed: { step: number; replace: boolean } | null;
  /** The live runs of the run's mailbox, the oldest first; it may be among them. */
  others: OrderTarget['others'];
}

/** A run whose worker waits for a service. */
export interface RunAtWork {
  tenantId: string;
  mailboxId: string;
  executionId: string;
}

/** The order to cancel a run, as its letter has it. */
export interface CancelOrder {
  order: Order & { type: 'cancel' };
  by: string;
}

/** What decides whether a run can be ordered something. */
export interface OrderTarget {
  /** The order that came before under the same key. */
  placed: Order | null;
  versionId: string;
  /** As it was last committed; null while the run is queued: accepted, and not yet picked up. */
  state: ExecutionState | null;
  /** Of a run that has ended: the live runs of its mailbox, the oldest first. One of them may have its session by now. */
  others: Array<{ versionId: string; state: ExecutionState }>;
}

export interface AuditEntry {
  at: string;
  actor: string;
  action: string;
  target: string;
  requestId: string | null;
  details: JsonObject;
}

/** A change that has been made, for the audit log. */
export interface RecordedChange {
  actor: string;
  action: string;
  target: string;
  requestId?: string;
  /** No secrets, and nothing that a customer said. */
  details: JsonObject;
}

export interface AuditFilter {
  /** Such as `execution:<id>`. */
  target?: string;
  /** Such as `execution.retry`. */
  action?: string;
  actor?: string;
}
