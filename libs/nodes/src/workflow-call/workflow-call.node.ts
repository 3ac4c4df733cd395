import { Injectable } from '@nestjs/common';
import {
  assertNever,
  type CallTarget,
  derivedKey,
  type EffectResult,
  type Json,
  MAX_CALL_DEPTH,
  type NodeOutcome,
  plusMs,
  type Signal,
  terminal,
  type Write,
} from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { z } from 'zod';
import { idOfStep } from '../emit/id-of-step.js';
import { askStore } from '../stored.js';
import { type WorkflowCallConfig, workflowCallSpec } from './workflow-call.config.js';

const targetShape = z.object({
  workflowId: z.string(),
  versionId: z.string(),
  version: z.number(),
  trigger: z.string(),
  input: z.json(),
  needsContact: z.boolean(),
});

const endShape = z.object({
  runId: z.string(),
  status: z.enum(['completed', 'failed', 'cancelled']),
  reason: z.string(),
  result: z.json().nullish(),
  error: z.string().nullish(),
});

/**
 * First has the workflow looked up, which is journalled, so that a replay calls the same version. The called run is
 * started and ended by the commits of its caller, and resumes it by a signal from its own last commit.
 */
@Injectable()
@NodeType(workflowCallSpec)
export class WorkflowCallNode extends NodeStrategy {
  override run({ config }: NodeInput<WorkflowCallConfig>, context: NodeContext): NodeOutcome {
    const { workflow, version = 'published', input = {} } = config;
    if (context.callDepth >= MAX_CALL_DEPTH) {
      throw terminal(
        'limit.call_depth',
        `This run was called over ${MAX_CALL_DEPTH} others already, so it may call no further one. Look for workflows that call each other.`,
      );
    }
    return askStore({ do: 'call', workflow, version, input }, context);
  }

  override resume(
    { config }: NodeInput<WorkflowCallConfig>,
    context: NodeContext,
    signal: Signal,
    memory: Json | undefined,
  ): NodeOutcome {
    switch (signal.type) {
      case 'effect':
        return call(config, context, signal.result);
      case 'timer':
        return { kind: 'done', port: 'timeout' };
      case 'signal':
        return ended(config, endShape.parse(signal.data));
      case 'message':
        // It listens to nobody; the called run does.
        return waitFor(z.object({ until: z.string() }).parse(memory).until);
      default:
        return assertNever(signal);
    }
  }
}

function call(config: WorkflowCallConfig, context: NodeContext, result: EffectResult): NodeOutcome {
  if (result.outcome !== 'done') return { kind: 'failed', failure: result.failure };
  const target = targetShape.parse(result.data);
  if (target.needsContact && context.contact === null) {
    throw terminal(
      'call.failed',
      `The workflow "${config.workflow}" needs a contact, and this run has none. Bind one at the trigger, or give the called trigger "contact": false.`,
    );
  }
  // Each attempt calls anew, and an attempt that is repeated after a crash calls the same run.
  const runId = idOfStep(derivedKey(context.idempotencyKey, String(context.attempt)));
  if (config.mode === 'detach') {
    return {
      kind: 'done',
      output: { runId, status: 'running', result: null },
      effects: [{ kind: 'write', write: callOf(runId, target, context, false) }],
    };
  }
  // The compiler lets no call through that waits and does not say how long.
  const until = plusMs(context.now, context.timeoutMs ?? 0);
  const registration = { begin: callOf(runId, target, context, true), end: { type: 'hang-up', executionId: runId } } as const;
  return waitFor(until, registration);
}

function callOf(executionId: string, target: CallTarget, { callDepth }: NodeContext, waits: boolean): Write {
  const { workflowId, versionId, trigger, input } = target;
  return { type: 'call', executionId, workflowId, versionId, trigger, input, depth: callDepth + 1, waits };
}

function waitFor(until: string, registration?: { begin: Write; end: Write }): NodeOutcome {
  const wait = { until, signals: ['call.ended'], memory: { until } };
  return { kind: 'waiting', wait: registration === undefined ? wait : { ...wait, registration } };
}

function ended(
  { workflow }: WorkflowCallConfig,
  { runId, status, reason, result, error }: z.infer<typeof endShape>,
): NodeOutcome {
  switch (status) {
    case 'completed':
      return { kind: 'done', output: { runId, status, result: result ?? null } };
    case 'failed': {
      const why = error ?? (reason === '' ? 'its end node says so' : reason);
      throw terminal('call.failed', `The called run of "${workflow}" failed (${why}). Its timeline has the cause.`, { runId });
    }
    case 'cancelled':
      throw terminal('call.cancelled', `The called run of "${workflow}" was cancelled. Its timeline says by whom.`, { runId });
    default:
      return assertNever(status);
  }
}
