import type {
  ConversationRules,
  DataSchema,
  ExecutionEvent,
  ExecutionState,
  ExecutionStatus,
  Failure,
  FrozenSchemas,
  Json,
  JsonObject,
  Mapping,
  TaskKind,
} from '@workflows/core';

/** A page of a list: pass `nextCursor` on to get what follows; null ends the list. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export interface PageRequest {
  /** 1 to 200. */
  limit: number;
  cursor?: string;
}

export interface TenantRecord {
  id: string;
  slug: string;
  name: string;
  timezone: string;
  locale: string;
  settings: JsonObject;
  /** Rules of its conversations, as far as they differ from the usual ones. */
  rules: ConversationRules;
  createdAt: string;
}

export interface ApiKeyRecord {
  id: string;
  tenantId: string;
  name: string;
  /** First characters of the key, to tell keys apart; the key itself is not stored. */
  prefix: string;
  scopes: string[];
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

/** A tenant's account on a channel. Secrets are write-only: the record says which are set, never what they are. */
export interface ConnectionRecord {
  id: string;
  channel: string;
  /** Name by which workflows refer to it, unique in the tenant. */
  name: string;
  /** The provider's id of the account, unique per channel over all tenants. */
  account: string;
  settings: JsonObject;
  secretsSet: string[];
  status: 'active' | 'disabled';
  createdAt: string;
  updatedAt: string;
}

/** A workflow with its draft. `id` is the id of the document, unique in the tenant. */
export interface WorkflowRecord {
  id: string;
  name: string;
  /** The draft, as it was last saved; null after a publish until the next save. */
  draft: JsonObject | null;
  publishedVersion: number | null;
  publishedVersionId: string | null;
  /** Moves with each save, publish and rollback: who writes may say which one they have seen. */
  revision: number;
  createdAt: string;
  updatedAt: string;
}

export interface WorkflowVersionRecord {
  id: string;
  workflowId: string;
  version: number;
  hash: string;
  definition: JsonObject;
  /** What its expressions were typed by when it was published. */
  schemas: FrozenSchemas;
  publishedAt: string;
  publishedBy: string;
}

/** A version in a list: without its definition, and with the runs that go on it. */
export interface WorkflowVersionSummary extends Omit<WorkflowVersionRecord, 'definition' | 'schemas'> {
  /** Runs that have begun on this version and have not ended. */
  liveRuns: number;
}

/** A table of a tenant, which its workflows read and write. */
export interface DataTableRecord {
  name: string;
  /** Of type object; a row has `id` and `version` beside these. */
  columns: DataSchema;
  /** Moves with each change of the columns. */
  version: number;
  rows: number;
  /** Of all rows together, as JSON text. */
  bytes: number;
  createdAt: string;
  updatedAt: string;
}

/** A move of live runs from one version of a workflow to another, with how far it is. */
export interface MigrationRecord {
  id: string;
  workflowId: string;
  from: number;
  to: number;
  mapping: Mapping;
  /** The migration that this one takes back. */
  undoes: string | null;
  createdAt: string;
  createdBy: string;
  /** `waiting`: not read yet. `blocked`: could not move when it was its turn. `skipped`: had ended by then. */
  runs: { moved: number; waiting: number; blocked: number; skipped: number };
}

export interface ExecutionSummary {
  id: string;
  workflowId: string;
  version: number;
  /** `queued`: accepted, and not yet picked up by a worker. */
  status: ExecutionStatus | 'queued';
  reason: string | null;
  /** Nodes on which the run stands. */
  nodes: string[];
  contactId: string | null;
  conversationId: string | null;
  startedAt: string;
  endedAt: string | null;
}

export interface ExecutionRecord extends ExecutionSummary {
  trigger: string;
  revision: number;
  error: (Failure & { node?: string }) | null;
  output: Json | null;
  state: ExecutionState | null;
}

/** One stretch of a run's history: the events of one commit. */
export interface HistorySegment {
  revision: number;
  at: string;
  events: ExecutionEvent[];
}

export interface EffectRecord {
  seq: number;
  node: string;
  step: number;
  kind: string;
  state: string;
  attempt: number;
  providerId: string | null;
  /** Highest receipt so far: sent, delivered, read, played or failed. */
  receipt: string | null;
  intentAt: string;
  changedAt: string;
  result: Json | null;
}

export interface ExecutionFilter {
  /** Only failed runs with exactly this error code. */
  errorCode?: string;
  workflowId?: string;
  status?: ExecutionStatus;
  contactId?: string;
  conversationId?: string;
  startedAfter?: string;
  startedBefore?: string;
}

export interface ConversationRecord {
  id: string;
  connectionId: string;
  channel: string;
  contactId: string;
  contactName: string;
  aliases: Array<{ kind: string; value: string }>;
  /** The person who has taken the conversation over, or null. */
  takenBy: string | null;
  /** True: a run has given it to people. */
  handedOff: boolean;
  lastInboundAt: string | null;
  createdAt: string;
}

/** One line of a conversation, in either direction, in the order in which it was stored. */
export interface ConversationMessage {
  direction: 'inbound' | 'outbound';
  at: string;
  /** Inbound: the message. Outbound: what was to be sent. */
  message: Json;
  providerId: string | null;
  /** Outbound only: state of the effect and highest receipt. */
  state: string | null;
  receipt: string | null;
  executionId: string | null;
  node: string | null;
  /** Outbound only: who wrote what no run has sent: `engine`, or a person. */
  author: string | null;
}

export const TASK_STATUSES = ['open', 'approved', 'rejected', 'handed_back', 'closed', 'expired', 'withdrawn'] as const;

/** Something that a run wants of people. */
export interface TaskRecord {
  id: string;
  kind: TaskKind;
  queue: string;
  title: string;
  details: Json;
  /** Of hand-offs; higher is more urgent. */
  priority: number;
  /** `expired`: the wait ran out of time. `withdrawn`: the run went on without it. */
  status: (typeof TASK_STATUSES)[number];
  executionId: string;
  node: string;
  conversationId: string | null;
  contactId: string | null;
  dueAt: string | null;
  createdAt: string;
  decidedAt: string | null;
  /** The person who decided, as the inbox names them. */
  by: string | null;
  /** The API key over which they did. */
  via: string | null;
  comment: string | null;
}

export interface TaskFilter {
  queue?: string;
  status?: TaskRecord['status'];
  conversationId?: string;
}

/** A named list of tasks, which nodes of a tenant's workflows put them into. */
export interface QueueRecord {
  name: string;
  title: string;
  createdAt: string;
  openTasks: number;
}
