import { assertNever } from '../assert-never.js';
import { isCatchable, WorkflowError } from '../failure.js';
import type { CompiledGraph, CompiledNode } from '../graph/compiled-graph.js';
import type { JsonObject } from '../json.js';
import { hasEnded } from './draft.js';
import type { Order } from './order.js';
import { fitOutput } from './returned.js';
import { findReturn } from './return-to.js';
import type { ExecutionState, Token } from './state.js';

export type OrderRefusal =
  | 'order.ended'
  | 'order.ending'
  | 'order.compensated'
  | 'order.paused'
  | 'order.not_paused'
  | 'order.not_failed'
  | 'order.ceiling'
  | 'order.no_step'
  | 'order.ambiguous'
  | 'order.at_work'
  | 'order.node'
  | 'order.port'
  | 'order.output';

export type Decision =
  /** `order` is the given one made exact, so that it cannot hit a later step that looks the same. */
  { accepted: true; order: Order } | { accepted: false; code: OrderRefusal; reason: string };

/** Whether an order can be carried out on a run that is in this state. The door asks before, the machine when it is read. */
export function decide(graph: CompiledGraph, state: ExecutionState, order: Order): Decision {
  if (state.ending !== undefined) {
    const reason = `The run is about to end as ${state.ending.status}: what it has done is being undone. Wait until it has ended.`;
    return refused('order.ending', reason);
  }
  switch (order.type) {
    case 'pause':
      return hasEnded(state) ? ended(state, 'paused') : { accepted: true, order };
    case 'cancel':
      return hasEnded(state) ? ended(state, 'cancelled') : { accepted: true, order };
    case 'resume':
      if (hasEnded(state)) return ended(state, 'resumed');
      return state.paused === undefined ? refused('order.not_paused', 'The run is not paused.') : { accepted: true, order };
    case 'retry':
      return decideRetry(graph, state, order);
    case 'skip':
      return decideSkip(graph, state, order);
    default:
      return assertNever(order);
  }
}

type OrderOf<Type extends Order['type']> = Order & { type: Type };

function decideRetry(graph: CompiledGraph, state: ExecutionState, order: OrderOf<'retry'>): Decision {
  const standing = failedAt(graph, state);
  if ('code' in standing) return standing;
  const { stopped, token } = standing;
  if (order.from === undefined) {
    if (token !== undefined && graph.nodes[token.node]?.join !== undefined) {
      const reason = `The run failed at the join "${token.node}", which has nothing to run again. Say in "from" which earlier node to go on from.`;
      return refused('order.node', reason);
    }
    return { accepted: true, order };
  }
  if (token === undefined) {
    return refused('order.node', 'The failure belongs to no step, so there is none to go back from. Leave "from" out.');
  }
  const back = findReturn(graph, { ...state, ...stopped }, token, order.from);
  return 'reason' in back ? refused('order.node', back.reason) : { accepted: true, order };
}

function decideSkip(graph: CompiledGraph, state: ExecutionState, order: OrderOf<'skip'>): Decision {
  const found = skippable(graph, state, order);
  if ('code' in found) return found;
  const { token } = found;
  const node = graph.nodes[token.node];
  if (node === undefined || node.fork !== undefined) {
    return refused(
      'order.node',
      `The node "${order.node}" divides the run, so nothing can stand in for it. Skip a node behind it.`,
    );
  }
  const { port = 'next' } = order;
  if (node.ports[port] === undefined) {
    const ports = Object.keys(node.ports).join(', ') || 'none';
    return refused('order.port', `The node "${order.node}" has no port "${port}". It has: ${ports}.`);
  }
  const misfit = port === 'next' ? outputProblem(node, order.output ?? {}) : null;
  return misfit === null ? { accepted: true, order: { ...order, step: token.step } } : refused('order.output', misfit);
}

/** The one step that the order can mean: of a failed run the one that failed, otherwise one that waits or will be retried. */
function skippable(graph: CompiledGraph, state: ExecutionState, order: OrderOf<'skip'>): { token: Token } | Refused {
  const meant = (token: Token): boolean => token.node === order.node && (order.step === undefined || token.step === order.step);
  if (hasEnded(state)) {
    const standing = failedAt(graph, state);
    if ('code' in standing) return standing;
    const { token } = standing;
    if (token !== undefined && meant(token)) return { token };
    const where = token === undefined ? 'at no step' : `at "${token.node}" (step ${token.step})`;
    return refused('order.no_step', `The run failed ${where}, and only that step can be skipped.`);
  }
  if (state.paused !== undefined) return refused('order.paused', 'The run is paused. Resume it first.');
  const [token, another] = state.tokens.filter(meant);
  if (token === undefined) {
    const nodes = state.tokens.map((each) => `"${each.node}" (step ${each.step})`).join(', ') || 'no node';
    return refused('order.no_step', `The run does not stand on "${order.node}". It stands on ${nodes}.`);
  }
  if (another !== undefined) {
    const steps = state.tokens.filter(meant).map(({ step }) => step);
    return refused('order.ambiguous', `Several branches stand on "${order.node}". Say which "step": ${steps.join(', ')}.`);
  }
  if (token.phase.kind === 'running') {
    return refused('order.at_work', `The node "${order.node}" is at work. Order again when it waits, or cancel the run.`);
  }
  return { token };
}

/** Where a failed run stood, if it can go on from there. */
function failedAt(
  graph: CompiledGraph,
  state: ExecutionState,
): { stopped: NonNullable<ExecutionState['stopped']>; token: Token | undefined } | Refused {
  const { stopped } = state;
  if (state.status !== 'failed') {
    return refused('order.not_failed', `The run is ${state.status}; only a run that has failed can go on like this.`);
  }
  if (state.compensated !== undefined) {
    return refused('order.compensated', 'What the run had done was undone when it failed, so it cannot go on. Start a new one.');
  }
  if (stopped === undefined) {
    return refused('order.no_step', 'The run was ended as failed by a node of type "end", so there is no step to go on from.');
  }
  if (stopped.tokens.length === 0) return refused('order.no_step', 'The run failed before its first step. Start a new one.');
  const code = state.error?.code ?? '';
  if (!isCatchable(code)) {
    return refused(
      'order.ceiling',
      `The run has come to its ceiling (${code}) and would fail again. Raise the limit and start a new run.`,
    );
  }
  if (state.counters.steps >= graph.limits.maxSteps) {
    return refused('order.ceiling', 'The run has made all the steps that limits.maxSteps allows. Start a new one.');
  }
  return { stopped, token: stopped.tokens.find(({ id }) => id === stopped.token) };
}

function outputProblem(node: CompiledNode, output: JsonObject): string | null {
  try {
    fitOutput(node, output);
    return null;
  } catch (error) {
    if (error instanceof WorkflowError) return error.failure.message;
    throw error;
  }
}

type Refused = Decision & { accepted: false };

function refused(code: OrderRefusal, reason: string): Refused {
  return { accepted: false, code, reason };
}

function ended(state: ExecutionState, what: string): Refused {
  return refused('order.ended', `The run has already ended as ${state.status}, so it cannot be ${what}.`);
}
