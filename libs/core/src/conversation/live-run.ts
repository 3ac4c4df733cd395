import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { ExecutionState } from '../machine/state.js';

/** A run of the conversation that has not ended, with the graph of the version it is pinned to. */
export interface LiveRun {
  state: ExecutionState;
  graph: CompiledGraph;
}
