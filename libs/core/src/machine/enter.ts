import { WorkflowError, type Failure } from '../failure.js';
import { type Draft, failRun, type Next } from './draft.js';
import { countVisit, visitsOf } from './branch.js';
import { inputOf } from './input-of.js';
import { isDue } from './instant.js';
import { nodeOf } from './node-of.js';
import type { Signal } from './outcome.js';
import { arrive, closingJoin } from './region.js';
import type { StepInput, Token } from './state.js';

/** Brings a token to a node: to the join of its region it arrives, any other node is entered and asked to be run. */
export function enter(draft: Draft, token: Token, nodeId: string): Next {
  if (nodeId === closingJoin(draft, token)) return arrive(draft, token);
  if (!place(draft, token, nodeId)) return null;

  const node = nodeOf(draft, nodeId);
  const visits = visitsOf(draft, token, nodeId);
  token.visit = visits + 1;
  const escape = node.ports['visits'];
  // A visit that is turned away is not counted, but it is a step: a loop without any other end still ends.
  if (node.maxVisits !== null && visits >= node.maxVisits && escape !== undefined) {
    delete token.joined;
    return { to: escape };
  }
  countVisit(draft, token, nodeId, token.visit);
  return run(draft, token);
}

/** Puts a token on a node and counts the step; false when the run has come to one of its ceilings and failed. */
export function place(draft: Draft, token: Token, nodeId: string): boolean {
  const { state, graph, at } = draft;
  state.counters.steps += 1;
  Object.assign(token, { node: nodeId, step: state.counters.steps, attempt: 1, enteredAt: at, phase: { kind: 'running' } });
  delete token.askedAt;

  if (state.counters.steps > graph.limits.maxSteps) {
    const message = `The run has made ${graph.limits.maxSteps} steps. Raise limits.maxSteps or bound its loops.`;
    failRun(draft, ceiling('limit.steps', message), token);
    return false;
  }
  if (!isDue(state.expiresAt, at)) return true;
  failRun(draft, durationExceeded(), token);
  return false;
}

/** Asks for one attempt of the token's step. */
export function run(draft: Draft, token: Token): Next {
  token.phase = { kind: 'running' };
  const input = tryInput(draft, token);
  if ('failure' in input) return input;
  draft.commands.push({ type: 'run', token: token.id, step: token.step, node: token.node, attempt: token.attempt, input });
  return null;
}

/** Asks for a waiting step to be resumed with what came. */
export function resume(draft: Draft, token: Token, signal: Signal): Next {
  if (token.phase.kind !== 'waiting') return null;
  const { wait, pendingEffects } = token.phase;
  token.phase = {
    kind: 'running',
    signal,
    ...(wait.memory === undefined ? {} : { memory: wait.memory }),
    ...(wait.registration === undefined ? {} : { registration: wait.registration }),
    ...(pendingEffects.length === 0 ? {} : { pendingEffects }),
  };
  const input = tryInput(draft, token);
  if ('failure' in input) return input;
  const { id, step, node, attempt } = token;
  draft.commands.push({ type: 'resume', token: id, step, node, attempt, input, signal, memory: wait.memory });
  return null;
}

/** Asks for the answer of a step that is at work, as it was asked for before. */
export function ask(draft: Draft, token: Token): Next {
  if (token.phase.kind !== 'running') return null;
  const input = tryInput(draft, token);
  if ('failure' in input) return input;
  const { id, step, node, attempt, phase } = token;
  const { signal, memory } = phase;
  if (signal === undefined) draft.commands.push({ type: 'run', token: id, step, node, attempt, input });
  else draft.commands.push({ type: 'resume', token: id, step, node, attempt, input, signal, memory });
  return null;
}

export function durationExceeded(): Failure {
  return ceiling('limit.duration', 'The run has lived for its whole limits.maxDuration. Raise it or shorten the waits.');
}

export function ceiling(code: string, message: string): Failure {
  return { code, kind: 'terminal', message };
}

function tryInput(draft: Draft, token: Token): StepInput | { failure: Failure } {
  try {
    return inputOf(draft, token);
  } catch (error) {
    if (error instanceof WorkflowError) return { failure: error.failure };
    throw error;
  }
}
