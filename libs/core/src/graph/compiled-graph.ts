import type { DataSchema } from '../definition/data-schema.js';
import type { NodeTypeSpec } from '../definition/node-type.js';
import type { Json, JsonObject } from '../json.js';

/**
 * The names that expressions see (language, section 5.2). Absent scopes are simply not there. Values are plain JSON;
 * integers become CEL ints by their schema. Times are ISO strings, except `run.now` and `run.startedAt`: timestamps.
 */
export interface Scope {
  event?: JsonObject;
  vars?: JsonObject;
  steps?: JsonObject;
  run?: { id: string; now: string; startedAt: string; workflow: string; version: number };
  contact?: JsonObject;
  conversation?: JsonObject;
  tenant?: JsonObject;
  step?: { idempotencyKey: string; visit: number; attempt: number };
  output?: Json;
  value?: Json;
  each?: JsonObject;
  incoming?: JsonObject;
  args?: JsonObject;
}

/** Renders something of the document against a scope; throws WorkflowError `expr.failed` when an expression fails. */
export type Render<T extends Json = Json> = (scope: Scope) => T;

export interface RetryPolicy {
  maxAttempts: number;
  intervalMs: number;
  backoff: number;
  maxIntervalMs: number;
  jitter: 'full' | 'none';
  /** Error patterns; undefined: the retryable codes. */
  on?: string[];
}

export interface CatchRule {
  errors: string[];
  next: string;
  /** A variable's name, without `vars.`. */
  save?: string;
}

export interface CompiledNode {
  id: string;
  type: string;
  typeVersion: number;
  spec: NodeTypeSpec;
  /** `with` and the type's own fields, texts and values rendered; expressions of kind `cel` stay as their source. */
  render: Render<{ config: Json; fields: Json }>;
  /**
   * Evaluates an expression of kind `cel` of this node, or a deferred text or value of it, by its source; throws
   * WorkflowError `expr.failed`. The JSON Pointer below the node names it too, where places see different names.
   */
  evaluate(source: string, scope: Scope): Json;
  /** Port name -> node id: `next`, everything in `on`, and the targets of the type's own fields by their own name. */
  ports: Record<string, string>;
  catch: CatchRule[];
  retry: RetryPolicy;
  timeoutMs: number | null;
  deadlineMs: number | null;
  /** The field of the output that is the primary result; absent: the whole output is. */
  primary?: string;
  /** Schema that the primary result must fit. */
  output?: DataSchema;
  /** Name of the variable that takes the primary result. */
  save?: string;
  /** Variable name -> rendered value; sees `output`. */
  assign: Record<string, Render>;
  maxVisits: number | null;
  interruptible: boolean;
  sensitive: boolean;
  /** Present on nodes that open a region. */
  fork?: CompiledFork;
  /** Present on nodes that close one. */
  join?: CompiledJoin;
  /** Undoes the node when the run later fails or is cancelled; `render` sees what `assign` sees. It leads nowhere. */
  compensation?: CompiledNode;
}

const UNDOES = '.compensate';

/** Under this id what undoes a node stands in histories and journals; no node of a document can have it. */
export function compensationId(node: string): string {
  return `${node}${UNDOES}`;
}

/** The node of this id: one of the document, or one that undoes one of them. */
export function findNode(graph: CompiledGraph, id: string): CompiledNode | undefined {
  if (id.endsWith(UNDOES)) return graph.nodes[id.slice(0, -UNDOES.length)]?.compensation;
  return graph.nodes[id];
}

export type CompiledFork =
  | { kind: 'parallel'; branches: Record<string, string>; join: string }
  | { kind: 'foreach'; body: string; concurrency: number; join: string };

export interface CompiledJoin {
  mode: 'all' | 'any' | number;
  errors: 'fail' | 'collect';
  /** Rendered for each iteration of a foreach when it arrives; sees `each` and the iteration's own steps. */
  collect?: Render;
}

export interface CompiledTrigger {
  id: string;
  type: string;
  /** The trigger as it stands in the document, defaults filled in. */
  definition: JsonObject;
  when?: (scope: Scope) => boolean;
  assign: Record<string, Render>;
  /** Webhook triggers only: the key by which repeats of an event are known. */
  idempotencyKey?: Render<string>;
  /** Triggers that come from no channel: whom their runs are bound to. Has either `address` or `id`. */
  contact?: {
    /** Name of the connection. */
    connection: string;
    /** What the channel calls the contact, who is created when new. */
    address?: Render<string>;
    /** Id of a contact that the tenant has. */
    id?: Render<string>;
    name?: Render<string>;
  };
  /** Schedules with an audience only: the conditions on its rows; sees `event` with the slot. */
  where?: Render;
  session: {
    /** 'contact', a rendered key, or null: every event starts a run. */
    key: 'contact' | Render<string> | null;
    onActive: 'resume' | 'restart' | 'ignore' | 'queue';
    debounceMs: number;
    maxDebounceMs: number;
  };
}

export interface CompiledVariable {
  schema: DataSchema;
  default?: Json;
}

/** A published workflow, ready to run: everything checked, every expression compiled, every duration in milliseconds. */
export interface CompiledGraph {
  workflow: string;
  version: number;
  /** SHA-256 of the canonical document without `version` and `labels`, hex. */
  hash: string;
  start: string;
  /** True: some expression may read `conversation.transcript`, so runs keep what is said in them. */
  readsTranscript?: boolean;
  vars: Record<string, CompiledVariable>;
  triggers: Record<string, CompiledTrigger>;
  nodes: Record<string, CompiledNode>;
  limits: { maxSteps: number; maxDurationMs: number; maxSends: number };
  defaultCatch: CatchRule[];
  commands: Array<{ keywords: string[]; next: string }>;
}
