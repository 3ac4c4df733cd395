import { assertNever } from '../assert-never.js';
import { checkValue } from '../definition/check-value.js';
import { terminal, WorkflowError } from '../failure.js';
import type { CompiledNode } from '../graph/compiled-graph.js';
import type { Json, JsonObject } from '../json.js';
import { answering } from './answer-comment.js';
import { type Draft, endRun, failRun, type Next } from './draft.js';
import { ceiling, resume } from './enter.js';
import { giveEffect } from './give-effect.js';
import { keepStep } from './branch.js';
import { noteCompensation, undone } from './compensate.js';
import { nodeOf } from './node-of.js';
import { openRegion } from './region.js';
import { plusMs } from './instant.js';
import type { Effect, NodeOutcome } from './outcome.js';
import { scopeOf } from './scope.js';
import type { SettledEffect, Token } from './state.js';
import { said } from './spoken.js';
import { assignAll, attempt, explain, setVariable } from './variables.js';

/** What a node's outcome does to its token. */
export function returned(draft: Draft, token: Token, outcome: NodeOutcome): Next {
  switch (outcome.kind) {
    case 'done': {
      take(draft, token);
      if (giveOut(draft, token, outcome.effects ?? []) === null) return null;
      return token.undoes === undefined ? leave(draft, token, outcome) : undone(draft, token);
    }
    case 'waiting':
      return park(draft, token, outcome);
    case 'failed':
      return { failure: outcome.failure };
    case 'ended':
      return endRun(draft, {
        status: outcome.status,
        ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
        ...(outcome.output === undefined ? {} : { output: outcome.output }),
      });
    default:
      return assertNever(outcome);
  }
}

/** A step that is done has taken the signal that it was resumed with, so that no other step of the run gets it too. */
function take({ state }: Draft, { phase }: Token): void {
  if (phase.kind !== 'running' || phase.signal?.type !== 'signal' || phase.signal.id === undefined) return;
  state.taken = [...(state.taken ?? []), phase.signal.id];
}

/**
 * Leaves through a port. Output schema, `save`, `assign` and what undoes the step belong to `next` only. `skipped`: an
 * operator has it leave, so there is nothing to undo.
 */
export function leave(draft: Draft, token: Token, outcome: NodeOutcome & { kind: 'done' }, skipped = false): Next {
  const node = nodeOf(draft, token.node);
  if (node.fork !== undefined) return openRegion(draft, token, node.fork, outcome.output);
  const port = outcome.port ?? 'next';
  // An optional port that is not wired counts as success (wait.until: `past`); required ones are wired in every published graph.
  const target = node.ports[port] ?? node.ports['next'];
  if (target === undefined) return { failure: unwired(token, port) };

  const throughNext = port === 'next' || node.ports[port] === undefined;
  const output = token.joined ?? outcome.output;
  delete token.joined;
  const stored = attempt(draft, () => (throughNext ? succeed(draft, token, node, output ?? {}) : output));
  if (!stored.ok) return { failure: stored.failure };
  if (stored.value !== undefined) keepStep(draft, token, stored.value);
  if (throughNext && !skipped) noteCompensation(draft, token, node, stored.value ?? {});
  return { to: target };
}

/** Checks the result and stores what `save` and `assign` want of it; the output as `steps` will show it. */
function succeed(draft: Draft, token: Token, node: CompiledNode, given: JsonObject): JsonObject {
  const output = fitOutput(node, given);
  if (node.save !== undefined) setVariable(draft, node.save, primaryOf(node, output) ?? null);
  assignAll(draft, node.assign, () => {
    const scope = scopeOf(draft.graph, draft.state, token, draft.at);
    return { ...scope, steps: { ...scope.steps, [node.id]: output }, output };
  });
  return output;
}

/** The output with the values that its schema makes of it; throws `output.invalid` when it does not fit. */
export function fitOutput(node: CompiledNode, output: JsonObject): JsonObject {
  if (node.output === undefined) return output;
  const primary = primaryOf(node, output);
  const checked = primary === undefined || primary === null ? MISSING : checkValue(node.output, primary);
  if ('problems' in checked) {
    throw terminal(
      'output.invalid',
      `The result of node "${node.id}" does not fit its "output" schema: ${explain(checked.problems)}.`,
    );
  }
  const { value } = checked;
  if (node.primary !== undefined) return value === undefined ? output : { ...output, [node.primary]: value };
  return value !== undefined && isObject(value) ? value : output;
}

/** A node that promises a result by its schema has to have one. */
const MISSING = { problems: [{ path: '', message: 'is missing' }] };

function primaryOf(node: CompiledNode, output: JsonObject): Json | undefined {
  return node.primary === undefined ? output : output[node.primary];
}

/** Parks the token. Results that came while its strategy was at work resume it on the spot. */
function park(draft: Draft, token: Token, outcome: NodeOutcome & { kind: 'waiting' }): Next {
  const { wait } = outcome;
  const node = nodeOf(draft, token.node);
  const earlier = token.phase.kind === 'running' ? (token.phase.pendingEffects ?? []) : [];
  const settled = token.phase.kind === 'running' ? (token.phase.settledEffects ?? []) : [];
  const given = giveOut(draft, token, outcome.effects ?? []);
  if (given === null) return null;

  const pendingEffects = wait.effects === true ? [...earlier, ...given] : [];
  const isSignalled = wait.messages !== undefined || (wait.signals ?? []).length > 0;
  if (wait.until === undefined && !isSignalled && pendingEffects.length + settled.length === 0) {
    return { failure: waitsForNothing(token) };
  }
  if (wait.messages === 'answer' && (given.length > 0 || token.askedAt === undefined)) token.askedAt = draft.at;
  token.phase = {
    kind: 'waiting',
    wait,
    pendingEffects,
    // A waiting node has its own time, which is an outcome. An activity only has its deadline, which is an error.
    ...(node.spec.category === 'activity' && node.deadlineMs !== null
      ? { deadline: plusMs(token.enteredAt, node.deadlineMs) }
      : {}),
  };
  return wait.effects === true ? resumeWithSettled(draft, token, settled) : null;
}

function resumeWithSettled(draft: Draft, token: Token, settled: readonly SettledEffect[]): Next {
  const [first, ...rest] = settled;
  if (first === undefined) return null;
  const next = resume(draft, token, { type: 'effect', at: draft.at, result: first.result });
  if (token.phase.kind === 'running' && rest.length > 0) token.phase = { ...token.phase, settledEffects: rest };
  return next;
}

/**
 * Numbers the effects and gives them to the runner: the numbers of those whose results are still to come, or null when
 * the run has sent too much and failed.
 */
function giveOut(draft: Draft, token: Token, effects: readonly Effect[]): number[] | null {
  const { counters } = draft.state;
  const { maxSends } = draft.graph.limits;
  const sends = effects.filter((effect) => effect.kind === 'message').length;
  // What undoes a step is bounded by the steps, and must not be kept from it by a ceiling.
  if (token.undoes === undefined && counters.sends + sends > maxSends) {
    return failRun(
      draft,
      ceiling('limit.sends', `The run may send ${maxSends} messages. Raise limits.maxSends or send less.`),
      token,
    );
  }
  counters.sends += sends;
  said(draft, effects);
  return effects.flatMap((effect) => {
    const seq = giveEffect(draft, token, answering(draft.state, effect));
    return effect.kind === 'write' ? [] : [seq];
  });
}

function unwired(token: Token, port: string) {
  return terminal(
    'internal',
    `Node "${token.node}" left by port "${port}", which is not wired. Wire it under "on" and publish again.`,
  ).failure;
}

function waitsForNothing(token: Token) {
  return new WorkflowError({
    code: 'internal',
    kind: 'terminal',
    message: `Node "${token.node}" waits, but for no time, no message, no signal and no effect. Its strategy must name one.`,
  }).failure;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
