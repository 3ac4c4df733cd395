import { type Failure, WorkflowError } from '../failure.js';
import { type CompiledNode, compensationId } from '../graph/compiled-graph.js';
import type { JsonObject } from '../json.js';
import type { Draft } from './draft.js';
import { run } from './enter.js';
import { scopeOf } from './scope.js';
import type { Compensated, StepInput, Token } from './state.js';

/**
 * Compensation (language, section 3): what undoes a step is written down when the step is done, and is carried out, the
 * latest first, when the run fails or is cancelled. Each is a step of its own with its own key, attempts and deadline.
 */

/** The step of this token has succeeded with `output`: notes how to undo it. */
export function noteCompensation(draft: Draft, token: Token, node: CompiledNode, output: JsonObject): void {
  const { compensation } = node;
  if (compensation === undefined) return;
  const { state } = draft;
  const of = { node: node.id, step: token.step };
  state.compensations = [...(state.compensations ?? []), { ...of, ...rendered(draft, token, compensation, output) }];
}

function rendered(
  draft: Draft,
  token: Token,
  compensation: CompiledNode,
  output: JsonObject,
): { input: StepInput } | { failure: Failure } {
  try {
    return { input: compensation.render({ ...scopeOf(draft.graph, draft.state, token, draft.at), output }) };
  } catch (error) {
    // The step has been done all the same, so this must not fail it.
    if (error instanceof WorkflowError) return { failure: error.failure };
    throw error;
  }
}

/** Undoes the next step of a run that is to end, or ends it when there is none left. One at a time. */
export function compensate(draft: Draft): void {
  const { state } = draft;
  while (state.ending !== undefined && state.tokens.length === 0) {
    const latest = state.compensations?.at(-1);
    if (latest === undefined) {
      conclude(draft);
      return;
    }
    state.compensations = state.compensations?.slice(0, -1) ?? [];
    if ('failure' in latest) note(draft, latest, latest.failure, 0);
    else begin(draft, latest);
  }
}

function begin(draft: Draft, { node, step, input }: { node: string; step: number; input: StepInput }): void {
  const { state, at } = draft;
  const id = (state.counters.tokens ?? 1) + 1;
  const own = compensationId(node);
  const visit = (state.visits[own] ?? 0) + 1;
  state.visits[own] = visit;
  state.counters.tokens = id;
  // Counted, but not against limits.maxSteps: a run that has come to a ceiling is undone as well.
  state.counters.steps += 1;
  const place = { id, node: own, step: state.counters.steps, visit, attempt: 1, enteredAt: at };
  const token: Token = { ...place, undoes: { step, input }, phase: { kind: 'running' } };
  state.tokens.push(token);
  run(draft, token);
}

/** What undoes a step has come to its end. A failure is only recorded: the rest is undone all the same. */
export function undone(draft: Draft, token: Token, failure?: Failure): null {
  const { state } = draft;
  state.tokens = state.tokens.filter((other) => other !== token);
  const owner = { node: token.node.slice(0, -compensationId('').length), step: token.undoes?.step ?? 0 };
  note(draft, owner, failure, token.attempt);
  return null;
}

function note(
  { state }: Draft,
  { node, step }: { node: string; step: number },
  failure: Failure | undefined,
  attempts: number,
): void {
  const result: Compensated =
    failure === undefined
      ? { node, step, outcome: 'done' }
      : { node, step, outcome: 'failed', error: { code: failure.code, message: failure.message, attempts } };
  state.compensated = [...(state.compensated ?? []), result];
}

/** Ends the run as it was to end. */
export function conclude({ state }: Draft): void {
  const { ending } = state;
  for (const passing of ['ending', 'compensations', 'reason'] as const) delete state[passing];
  state.tokens = [];
  if (ending !== undefined) Object.assign(state, ending);
}
