import { MERGED_TRIGGER_TYPES } from '../definition/names.js';
import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { JsonObject } from '../json.js';
import type { InboundMessage } from '../message/inbound.js';
import { mergeBurst } from './channel-event.js';
import { type Draft, draftOf, failRun } from './draft.js';
import type { ExecutionEvent } from './event.js';
import { isForked, startFork } from './fork.js';
import { earliest, plusMs } from './instant.js';
import { move } from './move.js';
import { scopeOf } from './scope.js';
import { heard } from './spoken.js';
import { isStill } from './still.js';
import type { ExecutionState, Token } from './state.js';
import { assignAll, attempt } from './variables.js';

/** Brings a run to life: it begins at once, or first gathers the burst of messages that its session merges. */
export function start(graph: CompiledGraph, event: ExecutionEvent & { type: 'started' }): Draft {
  if (isForked(event)) return startFork(graph, event);
  const draft = draftOf(graph, newborn(graph, event), event.at);
  const trigger = graph.triggers[event.trigger];
  if (trigger === undefined) {
    failRun(draft, {
      code: 'resource.missing',
      kind: 'terminal',
      message: `Workflow "${graph.workflow}" version ${graph.version} has no trigger "${event.trigger}". Name one of: ${Object.keys(graph.triggers).join(', ')}.`,
    });
    return draft;
  }
  if (event.message !== undefined) heard(draft, event.message);
  if (event.queued === true) draft.state.queued = true;
  const { debounceMs, maxDebounceMs } = trigger.session;
  if (debounceMs > 0 && MERGED_TRIGGER_TYPES.includes(trigger.type)) {
    const burst = event.message === undefined ? { messages: [], items: [event.event] } : { messages: [event.message] };
    const latest = plusMs(event.at, Math.max(maxDebounceMs, debounceMs));
    draft.state.gathering = { until: plusMs(event.at, debounceMs), latest, ...burst };
  }
  beginIfReady(draft);
  return draft;
}

/** One more of the burst: it pushes the beginning away, but never past `latest`. */
export function gather(draft: Draft, more: { message: InboundMessage } | { item: JsonObject }, receivedAt: string): void {
  const { gathering } = draft.state;
  const trigger = draft.graph.triggers[draft.state.trigger];
  if (gathering === undefined || trigger === undefined) return;
  const { messages, items = [] } = gathering;
  draft.state.gathering = {
    ...gathering,
    until: earliest([plusMs(receivedAt, trigger.session.debounceMs), gathering.latest]) ?? gathering.latest,
    ...('message' in more ? { messages: [...messages, more.message] } : { items: [...items, more.item] }),
  };
}

/** The burst is complete. */
export function gathered(draft: Draft): void {
  const { state } = draft;
  if (state.gathering === undefined) return;
  const { messages, items } = state.gathering;
  state.event = items === undefined ? mergeBurst(state.event, messages) : { ...state.event, items };
  delete state.gathering;
  beginIfReady(draft);
}

/** It is the run's turn in its session. */
export function admit(draft: Draft): void {
  if (draft.state.queued === undefined || isStill(draft.state)) return;
  delete draft.state.queued;
  delete draft.state.reason;
  beginIfReady(draft);
}

/** Nothing more belongs to the first event, and no other run of the session is alive. */
function beginIfReady(draft: Draft): void {
  if (draft.state.gathering === undefined && draft.state.queued === undefined) begin(draft);
}

/** Computes the trigger's variables once and enters the first node. */
function begin(draft: Draft): void {
  const { graph, state, at } = draft;
  const trigger = graph.triggers[state.trigger];
  const assigned = attempt(draft, () => assignAll(draft, trigger?.assign ?? {}, () => scopeOf(graph, state, null, at)));
  if (!assigned.ok) {
    failRun(draft, assigned.failure);
    return;
  }
  const token: Token = { id: 1, node: graph.start, step: 0, visit: 0, attempt: 1, enteredAt: at, phase: { kind: 'running' } };
  state.tokens.push(token);
  move(draft, token, { to: graph.start });
}

function newborn(graph: CompiledGraph, event: ExecutionEvent & { type: 'started' }): ExecutionState {
  const vars: JsonObject = {};
  for (const [name, variable] of Object.entries(graph.vars)) {
    if (variable.default !== undefined) vars[name] = variable.default;
  }
  return {
    id: event.executionId,
    status: 'running',
    startedAt: event.at,
    expiresAt: plusMs(event.at, graph.limits.maxDurationMs),
    trigger: event.trigger,
    event: event.event,
    ...(event.caller === undefined ? {} : { caller: event.caller }),
    ...(event.depth === undefined ? {} : { depth: event.depth }),
    ...(event.byStatus === undefined ? {} : { byStatus: event.byStatus }),
    vars,
    steps: {},
    context: event.context,
    tokens: [],
    visits: {},
    counters: { steps: 0, sends: 0, effects: 0 },
  };
}
