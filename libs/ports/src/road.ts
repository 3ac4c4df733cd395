import type {
  ContactAlias,
  Effect,
  EffectResult,
  ExecutionEvent,
  ExecutionState,
  InboundMessage,
  Json,
  JsonObject,
  Mapping,
  MessageStatus,
  OutboundMessage,
  Order,
  Restore,
} from '@workflows/core';
import type { StartLetter } from './start-letter.js';

/** A tenant's account on a channel, as far as routing needs it. Held in memory by every process that accepts webhooks. */
export interface ConnectionRoute {
  tenantId: string;
  connectionId: string;
  channel: string;
  account: string;
}

/** One event on its way into a mailbox. The store drops what it has seen before, by `dedupe` within the tenant. */
export type AcceptItem =
  | {
      kind: 'message';
      tenantId: string;
      connectionId: string;
      dedupe: string;
      aliases: ContactAlias[];
      name?: string;
      message: InboundMessage;
    }
  | {
      kind: 'start';
      tenantId: string;
      /** The run's id, chosen by the caller; derived from the idempotency key where one was given. */
      executionId: string;
      start: StartLetter;
      /** The mailbox of the run's session, so that its runs are one after the other; a contact's conversation comes before it. */
      mailboxId?: string;
      /** Binds the run to a contact of a connection, creating both contact and conversation when new. */
      contact?: { connectionId: string; aliases: ContactAlias[]; name?: string };
    }
  /** What a person has sent to the contact past us, on a phone: it starts and resumes nothing. */
  | {
      kind: 'echo';
      tenantId: string;
      connectionId: string;
      dedupe: string;
      aliases: ContactAlias[];
      message: InboundMessage;
    }
  | { kind: 'cancel'; tenantId: string; executionId: string; dedupe: string; reason: string; by: string }
  /** For a step of a run that waits for it by this name. */
  | { kind: 'signal'; tenantId: string; executionId: string; dedupe: string; step: number; name: string; data: Json };

/** By position in the call: what became of each item. */
export type AcceptResult = Array<
  /** `taken`: this process has the mailbox under lease already and is at work on it, so nobody needs to be told. */
  { outcome: 'stored'; mailboxId: string; taken?: true } | { outcome: 'duplicate' } | { outcome: 'not_found' }
>;

/** A letter in a mailbox. `receivedAt` is database time. */
export type Letter = { seq: number; receivedAt: string } &
  /** `quoted`: the step whose message this one answers or quotes, where it is one of ours. */
  (
    | { kind: 'message'; body: { message: InboundMessage }; quoted: { executionId: string; step: number } | null }
    | { kind: 'start'; body: StartLetter }
    | { kind: 'effect'; body: { executionId: string; seq: number; result: EffectResult } }
    | { kind: 'people'; body: { what: 'taken' | 'given_back'; by: string } }
    | { kind: 'echo'; body: { message: InboundMessage } }
    | { kind: 'cancel'; body: { executionId: string; reason: string; by: string } }
    /** `id`: of the event, for one that several steps may be told of and one takes. */
    | { kind: 'signal'; body: { executionId: string; step: number; name: string; data: Json; id?: string } }
    | { kind: 'order'; body: { executionId: string; order: Order; by: string } }
    | { kind: 'migrate'; body: MigrateLetter }
  );

/** Tells a run to move to another version; it does when it waits, and stays where it is when it cannot. */
export interface MigrateLetter {
  executionId: string;
  /** Id of the migration. */
  migration: string;
  /** Numbers of the versions. A run that is not on `from` any more is not moved. */
  from: number;
  to: number;
  /** Id of the version `to`. */
  versionId: string;
  mapping: Mapping;
  /** Present when a migration is taken back. */
  restore: Restore | null;
}

/** Effect states in the journal. `intent`: nothing was tried. `sending`: somebody may be at it. */
export type EffectState = 'intent' | 'sending' | 'sent' | 'failed' | 'unknown' | 'held' | 'withdrawn';

export interface ClaimedRun {
  executionId: string;
  workflowId: string;
  versionId: string;
  /** Version of the row, for the compare-and-set of the commit. */
  revision: number;
  state: ExecutionState;
  /** Effects that the run's last holder was doing itself (http, store) when it vanished. */
  openEffects: Array<{ seq: number; effect: Effect; attempt: number }>;
}

/** A contact as runs read it. */
export interface ContactFacts {
  id: string;
  name: string;
  locale: string | null;
  timezone: string | null;
  optedOut: boolean;
  tags: string[];
  attributes: JsonObject;
}

/** A mailbox under lease, with everything that is needed to advance it. */
export interface ClaimedMailbox {
  tenantId: string;
  mailboxId: string;
  /** Fencing token: a commit with an older one is refused. */
  leaseToken: number;
  /** Sequence of the last letter in `letters`. */
  readUpTo: number;
  /** The person who has taken the conversation over, or null. */
  takenBy: string | null;
  conversation: { id: string; connectionId: string; connection: string; channel: string; lastInboundAt: string | null } | null;
  contact: ContactFacts | null;
  letters: Letter[];
  /** Those that live, and those that have ended and are given an order. */
  runs: ClaimedRun[];
}

export interface ClaimResult {
  /** Database time of the claim, ISO 8601 in UTC. */
  now: string;
  /** True when something ready was left, for want of share or because of a lock: claim again before sleeping. */
  more: boolean;
  /** Hand this to the next claim: the walk over tenants goes on behind it. */
  after: string;
  mailboxes: ClaimedMailbox[];
  /** Tenant id -> a number that grows with every publish of that tenant, so that workers know when to look again. */
  revisions: Record<string, number>;
}

export interface RunCommit {
  executionId: string;
  workflowId: string;
  versionId: string;
  /** The revision that was read; 0 for a run that starts here. */
  revision: number;
  state: ExecutionState;
  /** Events since the last commit, appended to the history in the same transaction. */
  events: ExecutionEvent[];
  /**
   * New effects. `sending`: the holder of the lease does them right after this commit. A call that may be repeated
   * needs no commit of its own before it, so it is born settled, with its result; so is a write, which this commit does.
   */
  effects: Array<{
    seq: number;
    node: string;
    step: number;
    effect: Effect;
    idempotencyKey: string;
    state: 'intent' | 'sending' | 'sent' | 'failed' | 'unknown' | 'withdrawn';
    result?: EffectResult;
  }>;
  /** Effects of earlier commits that came to an end in this segment. */
  settled: Array<{ seq: number; state: 'sent' | 'failed' | 'unknown'; result: EffectResult }>;
  /** True: messages of earlier commits in state `intent` are withdrawn; those of this one say so themselves. */
  withdraw: boolean;
}

/** What a commit writes for its conversation beside the runs, in order. */
export type MailboxWrite =
  /** The contact opts out, which withdraws what runs have not sent yet, or in again. */
  | { type: 'consent'; optedOut: boolean }
  /** A person has answered: the conversation is theirs until they give it back. */
  | { type: 'taken'; by: string }
  | { type: 'given_back' }
  /** A message that no run sends; `key`: once for each. */
  | { type: 'say'; author: 'engine'; message: OutboundMessage; key: string };

/** One mailbox of a commit. It stands or falls as a whole: lease and every revision must still hold. */
export interface MailboxCommit {
  tenantId: string;
  mailboxId: string;
  leaseToken: number;
  readUpTo: number;
  runs: RunCommit[];
  writes: MailboxWrite[];
  /** Gives the lease back; false for a checkpoint on the way. */
  release: boolean;
  /** When the earliest timer of the mailbox is due, or null. Only looked at with `release`. */
  wakeAt: string | null;
}

export interface CommitResult {
  /** False: the lease or a revision was lost, and nothing of this item was written. */
  committed: boolean;
  /** A letter came meanwhile, so the mailbox is ready again: ring. */
  ready: boolean;
  /** Messages were journalled that an outbound processor must send: ring. */
  outbound: boolean;
}

/** A message to be sent, under the lease of its conversation's outbox. */
export interface OutboundItem {
  executionId: string;
  seq: number;
  effect: Effect & { kind: 'message' };
  attempt: number;
  /** True: it was tried before and nobody knows the result; the wait for a receipt is over. */
  resend: boolean;
  /** True: the contact has opted out of messages such as this one. */
  optedOut: boolean;
}

/** The unsent messages of one conversation, in order. Only the lease holder may send them. */
export interface ClaimedOutbox {
  tenantId: string;
  mailboxId: string;
  leaseToken: number;
  connectionId: string;
  channel: string;
  to: ContactAlias[];
  lastInboundAt: string | null;
  items: OutboundItem[];
}

export interface OutboundClaim {
  now: string;
  more: boolean;
  after: string;
  outboxes: ClaimedOutbox[];
}

/** `intent` or `unknown` -> `sending`, under the outbox's lease. The POST may only follow when this was granted. */
export interface BeginSend {
  tenantId: string;
  mailboxId: string;
  leaseToken: number;
  executionId: string;
  seq: number;
}

export interface SettleSend extends BeginSend {
  state: 'sent' | 'failed' | 'unknown' | 'held' | 'intent';
  providerId?: string;
  result: EffectResult;
  /** With state `intent`: not before this many milliseconds from now (a retryable refusal). */
  retryInMs?: number;
}

export interface OutboxRelease {
  tenantId: string;
  mailboxId: string;
  leaseToken: number;
}

/** A receipt of the provider. Settles unknown effects, moves sent ones on, and never moves anything back. */
export interface StatusReceipt {
  tenantId: string;
  connectionId: string;
  providerId: string;
  /** Reference of the effect, checked by the caller: tenant, run and sequence. */
  effect?: { executionId: string; seq: number };
  status: MessageStatus;
  at: string;
  failure?: Json;
}

export interface SweepResult {
  mailboxes: number;
  outboxes: number;
  /** Milliseconds until the next timer or lease is due, at most 60,000; null: nothing is waiting. */
  nextInMs: number | null;
  /** What was recovered although nobody should have left it behind, by reason; all zero in calm. */
  recovered: Record<string, number>;
}
