import { createHash } from 'node:crypto';
import type { ContactAlias, Effect, EffectResult, ExecutionEvent, ExecutionState, Json, JsonObject } from '@workflows/core';
import type { EffectState, Letter, StatusReceipt, WorkflowVersionRecord } from '@workflows/ports';

export const TENANT = '10000000-0000-4000-8000-000000000001';
export const CONNECTION = '20000000-0000-4000-8000-000000000001';

export interface Lease {
  readyAt: number | null;
  /** The next timer, or the end of the lease. */
  wakeAt: number | null;
  token: number;
  leaseUntil: number | null;
}

export interface MailboxRow extends Lease {
  id: string;
  letters: Array<Letter & { dedupe: string }>;
  consumed: number;
}

export interface ContactRow {
  id: string;
  alias: ContactAlias;
  optedOut: boolean;
  /** On both clocks: database time, and the number of the call. */
  optedOutAt: number | null;
  optedOutTick: number;
  lastInboundAt: number | null;
}

export interface ExecutionRow {
  id: string;
  workflowId: string;
  versionId: string;
  mailboxId: string;
  /** Null for a run without a conversation. */
  contact: ContactRow | null;
  revision: number;
  state: ExecutionState;
  history: ExecutionEvent[][];
  endedAt: number | null;
  endedTick: number;
}

export interface EffectRow {
  executionId: string;
  seq: number;
  mailboxId: string;
  step: number;
  position: number;
  effect: Effect;
  idempotencyKey: string;
  state: EffectState;
  attempt: number;
  token: number | null;
  notBefore: number | null;
  resend: boolean;
  /** Its run was cancelled while it was on its way: it is not tried again. */
  recalled: boolean;
  providerId: string | null;
  receipt: string | null;
  result: EffectResult | null;
  changedAt: number;
  author: string | null;
  begunTick: number;
}

export interface EventRow {
  id: string;
  name: string;
  key: string | null;
  data: Json;
  source: JsonObject;
  at: number;
  dueAt: number;
  tries: number;
  dispatched: boolean;
}

export interface EventWaitRow {
  id: number;
  executionId: string;
  step: number;
  mailboxId: string;
  name: string;
  key: string;
  since: number;
}

/** What the engine stores, as plain lists: one tenant, one connection, and a clock that moves only when it is told to. */
export class Tables {
  now = Date.parse('2026-03-02T12:00:00.000Z');
  /** Counts the calls of the database: what came before what, while the clock stands still. */
  tick = 0;
  revision = 0;
  versions: WorkflowVersionRecord[] = [];
  readonly mailboxes = new Map<string, MailboxRow>();
  readonly outboxes = new Map<string, Lease>();
  readonly contacts = new Map<string, ContactRow>();
  readonly executions = new Map<string, ExecutionRow>();
  readonly effects: EffectRow[] = [];
  readonly events: EventRow[] = [];
  waits: EventWaitRow[] = [];
  early: StatusReceipt[] = [];
  readonly dedupe = new Set<string>();
  private waitIds = 0;

  /** A conversation and its mailbox have one id, and here its contact has it too. */
  contact(alias: ContactAlias): ContactRow {
    const id = derivedId(alias.value);
    return upsert(this.contacts, id, { id, alias, optedOut: false, optedOutAt: null, optedOutTick: 0, lastInboundAt: null });
  }

  mailbox(id: string): MailboxRow {
    return upsert(this.mailboxes, id, { id, letters: [], consumed: 0, ...free() });
  }

  outbox(id: string): Lease {
    return upsert(this.outboxes, id, free());
  }

  /** False: it has seen the letter before. */
  post(mailboxId: string, dedupe: string, letter: Omit<Letter, 'seq' | 'receivedAt'>): boolean {
    if (this.dedupe.has(dedupe)) return false;
    this.dedupe.add(dedupe);
    const box = this.mailbox(mailboxId);
    box.letters.push({ ...(letter as Letter), seq: box.letters.length + 1, receivedAt: iso(this.now), dedupe });
    this.makeReady(box);
    return true;
  }

  makeReady(row: Lease): void {
    row.readyAt = row.leaseUntil === null ? (row.readyAt ?? this.now) : null;
  }

  effect(executionId: string, seq: number): EffectRow | undefined {
    return this.effects.find((row) => row.executionId === executionId && row.seq === seq);
  }

  /** Messages of a conversation that nobody knows the end of, in the order in which they go out. */
  unsettled(mailboxId: string): EffectRow[] {
    return this.effects.filter(
      (row) =>
        row.mailboxId === mailboxId && row.effect.kind === 'message' && ['intent', 'sending', 'unknown'].includes(row.state),
    );
  }

  nextWaitId(): number {
    this.waitIds += 1;
    return this.waitIds;
  }
}

export const iso = (at: number): string => new Date(at).toISOString();

export function derivedId(name: string): string {
  return createHash('md5')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Takes what is ready, longest waiting first, under a lease that no older holder shares. */
export function lease<Row extends Lease>(rows: Iterable<Row>, limit: number, until: number): Row[] {
  const ready = [...rows].filter(({ readyAt }) => readyAt !== null).sort((a, b) => a.readyAt! - b.readyAt!);
  return ready
    .slice(0, limit)
    .map((row) => Object.assign(row, { token: row.token + 1, readyAt: null, leaseUntil: until, wakeAt: until }));
}

const free = (): Lease => ({ readyAt: null, wakeAt: null, token: 0, leaseUntil: null });

function upsert<Row>(rows: Map<string, Row>, id: string, fresh: Row): Row {
  const row = rows.get(id) ?? fresh;
  rows.set(id, row);
  return row;
}
