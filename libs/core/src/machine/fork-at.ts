import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { JsonObject } from '../json.js';
import type { ExecutionEvent } from './event.js';
import type { ExecutionState, Token } from './state.js';
import { transition } from './transition.js';

export type ForkRefusal = 'fork.no_step' | 'fork.moved' | 'fork.undoing' | 'fork.effect' | 'fork.at_work';

export type ForkDecision =
  /** `state` is the run's when the step had been entered and nobody had been asked to run it. */
  { accepted: true; state: ExecutionState } | { accepted: false; code: ForkRefusal; reason: string };

/**
 * Finds the place of a run's history at which another run can begin with a step: its first events, computed again.
 * `isSent`: whether the journal knows that an effect has gone out well.
 */
export function forkAt(
  graph: CompiledGraph,
  events: Iterable<ExecutionEvent>,
  step: number,
  isSent: (seq: number) => boolean = () => false,
): ForkDecision {
  let state: ExecutionState | null = null;
  for (const event of events) {
    if (event.type === 'migrated') {
      const reason = `The run was moved to version ${event.to} before it came to step ${step}. Fork it from an earlier step.`;
      return { accepted: false, code: 'fork.moved', reason };
    }
    state = transition(graph, state, event).state;
    const token = state.tokens.find((each) => each.step === step);
    if (token !== undefined) return judge(withQuestionsSettled(state, isSent), token);
  }
  const reason = `The run has not stood on a step ${step}. Copy the number from its timeline.`;
  return { accepted: false, code: 'fork.no_step', reason };
}

/** A question waits for its answer; of its message it would only hear that it has failed, and that has gone out. */
function withQuestionsSettled(state: ExecutionState, isSent: (seq: number) => boolean): ExecutionState {
  const tokens = state.tokens.map((token): Token => {
    const { phase } = token;
    if (phase.kind !== 'waiting' || phase.wait.messages !== 'answer') return token;
    return { ...token, phase: { ...phase, pendingEffects: phase.pendingEffects.filter((seq) => !isSent(seq)) } };
  });
  return { ...state, tokens };
}

function judge(state: ExecutionState, token: Token): ForkDecision {
  if (state.ending !== undefined) {
    const reason = `With step ${token.step} the run undoes what it has done. Fork it from a step before its end.`;
    return { accepted: false, code: 'fork.undoing', reason };
  }
  for (const other of state.tokens) {
    const { phase } = other;
    const where = `When step ${token.step} began, "${other.node}" (step ${other.step}) in another branch`;
    const instead = `Fork from step ${other.step}, or from one before the branches.`;
    if (phase.kind !== 'retrying' && (phase.pendingEffects ?? []).length > 0) {
      const reason = `${where} waited for the result of what it had given out, which goes to this run alone. ${instead}`;
      return { accepted: false, code: 'fork.effect', reason };
    }
    if (phase.kind === 'running' && phase.registration !== undefined) {
      const reason = `${where} was at work on an answer that came to this run alone. ${instead}`;
      return { accepted: false, code: 'fork.at_work', reason };
    }
  }
  return { accepted: true, state };
}

/** The state as the event of a fork has it. */
export function forkedState(state: ExecutionState): JsonObject {
  const read: (text: string) => JsonObject = JSON.parse;
  const { id: _id, trigger: _trigger, event: _event, context: _context, ...rest } = read(JSON.stringify(state));
  return rest;
}
