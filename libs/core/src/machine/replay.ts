import { createHash } from 'node:crypto';
import { canonicalJson } from '../definition/canonical.js';
import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { Json } from '../json.js';
import type { ExecutionEvent } from './event.js';
import type { ExecutionState } from './state.js';
import { transition } from './transition.js';

/**
 * The graphs of a run: the one that it began with, and those of other versions by their number. A run that was never
 * moved has but one.
 */
export interface Graphs {
  first: CompiledGraph;
  /** Throws when there is no such version here. */
  version: (number: number) => CompiledGraph;
}

/**
 * The state that a history leads to: the fold of `transition` over its events, from a move to another version on with
 * that version's graph. Throws on a history without events.
 */
export function replay(graphs: CompiledGraph | Graphs, events: Iterable<ExecutionEvent>): ExecutionState {
  const { first, version } = graphsOf(graphs);
  let graph = first;
  let state: ExecutionState | null = null;
  for (const event of events) {
    if (event.type === 'migrated') graph = version(event.to);
    state = transition(graph, state, event).state;
  }
  if (state === null) throw new Error('A history has at least one event, "started"');
  return state;
}

/** Graphs of a run by the versions that it was moved to. */
export function graphsBy(first: CompiledGraph, later: Record<string, CompiledGraph>): Graphs {
  const version = (number: number): CompiledGraph => {
    const graph = later[String(number)];
    if (graph === undefined) throw new Error(`This history goes on under version ${number}, whose document is not here.`);
    return graph;
  };
  return { first, version };
}

export function graphsOf(graphs: CompiledGraph | Graphs): Graphs {
  if ('first' in graphs) return graphs;
  return graphsBy(graphs, {});
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
