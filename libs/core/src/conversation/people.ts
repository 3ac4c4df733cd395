import type { LiveRun } from './live-run.js';

/** Has the run given its conversation to people, and not got it back yet? */
export function isHandedOff({ state, graph }: LiveRun): boolean {
  return state.tokens.some(({ node, phase }) => phase.kind === 'waiting' && graph.nodes[node]?.type === 'human.handoff');
}
