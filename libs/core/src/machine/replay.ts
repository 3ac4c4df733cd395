import { createHash } from 'node:crypto';
import { canonicalJson } from '../definition/canonical.js';
import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { Json } from '../json.js';
import type { ExecutionEvent } from './event.js';
import type { ExecutionState } from './state.js';
import { transition } from './transition.js';

/** The state that a history leads to: the fold of `transition` over its events. Throws on a history without events. */
export function replay(graph: CompiledGraph, events: Iterable<ExecutionEvent>): ExecutionState {
  let state: ExecutionState | null = null;
  for (const event of events) state = transition(graph, state, event).state;
  if (state === null) throw new Error('A history has at least one event, "started"');
  return state;
}

/** SHA-256 of the state's canonical JSON (RFC 8785), hex: equal for equal states, however their keys are ordered. */
export function stateHash(state: ExecutionState): string {
  return createHash('sha256')
    .update(canonicalJson(stateJson(state)))
    .digest('hex');
}

/** A state as it is stored: what is undefined is not there. */
export function stateJson(state: ExecutionState): Json {
  const parse: (text: string) => Json = JSON.parse;
  return parse(JSON.stringify(state));
}
