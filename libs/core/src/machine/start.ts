import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { JsonObject } from '../json.js';
import type { InboundMessage } from '../message/inbound.js';
import { mergeBurst } from './channel-event.js';
import { type Draft, draftOf, failRun } from './draft.js';
import type { ExecutionEvent } from './event.js';
import { earliest, plusMs } from './instant.js';
import { move } from './move.js';
import { scopeOf } from './scope.js';
import { heard } from './spoken.js';
import type { ExecutionState, Token } from './state.js';
import { assignAll, attempt } from './variables.js';

/** Brings a run to life: it begins at once, or first gathers the burst of messages that its session merges. */
export function start(graph: CompiledGraph, event: ExecutionEvent & { type: 'started' }): Draft {
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
  if (trigger.session.debounceMs > 0 && event.message !== undefined) {
    const latest = plusMs(event.at, Math.max(trigger.session.maxDebounceMs, trigger.session.debounceMs));
    draft.state.gathering = { until: plusMs(event.at, trigger.session.debounceMs), latest, messages: [event.message] };
    return draft;
  }
  begin(draft);
  return draft;
}

/** One more message of the burst: it pushes the beginning away, but never past `latest`. */
export function gather(draft: Draft, message: InboundMessage, receivedAt: string): void {
  const { gathering } = draft.state;
  const trigger = draft.graph.triggers[draft.state.trigger];
  if (gathering === undefined || trigger === undefined) return;
  draft.state.gathering = {
    ...gathering,
    until: earliest([plusMs(receivedAt, trigger.session.debounceMs), gathering.latest]) ?? gathering.latest,
    messages: [...gathering.messages, message],
  };
}

/** The burst is complete, or there was none: computes the trigger's variables once and enters the first node. */
export function begin(draft: Draft): void {
  const { graph, state, at } = draft;
  const trigger = graph.triggers[state.trigger];
  if (state.gathering !== undefined) {
    state.event = mergeBurst(state.event, state.gathering.messages);
    delete state.gathering;
  }
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
    vars,
    steps: {},
    context: event.context,
    tokens: [],
    visits: {},
    counters: { steps: 0, sends: 0, effects: 0 },
  };
}
