import { Injectable } from '@nestjs/common';
import { type Json, type NodeOutcome, plusMs, type Signal, terminal } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { z } from 'zod';
import { type HumanApprovalConfig, humanApprovalSpec } from './human-approval.config.js';

/** Name of the signal with which a decision comes. */
const DECISION = 'decision';

/** Its data, which becomes the node's output. */
const decisionShape = z.object({
  decision: z.enum(['approved', 'rejected']),
  by: z.string(),
  comment: z.string().optional(),
  at: z.string(),
});

@Injectable()
@NodeType(humanApprovalSpec)
export class HumanApprovalNode extends NodeStrategy {
  override run({ config }: NodeInput<HumanApprovalConfig>, context: NodeContext): NodeOutcome {
    if (context.timeoutMs === null) throw terminal('internal', 'An approval has no "timeout". Give it one and publish again.');
    return waitForDecision(config, plusMs(context.now, context.timeoutMs));
  }

  override resume(
    { config }: NodeInput<HumanApprovalConfig>,
    context: NodeContext,
    signal: Signal,
    due: Json | undefined,
  ): NodeOutcome {
    if (signal.type === 'timer') return { kind: 'done', port: 'timeout' };
    const decision = signal.type === 'signal' && signal.name === DECISION ? decisionShape.safeParse(signal.data).data : undefined;
    if (decision === undefined) return waitForDecision(config, typeof due === 'string' ? due : context.now);
    const { comment, ...known } = decision;
    return {
      kind: 'done',
      ...(decision.decision === 'rejected' ? { port: 'rejected' } : {}),
      output: { ...known, ...(comment === undefined ? {} : { comment }) },
    };
  }
}

function waitForDecision({ queue, title, details }: HumanApprovalConfig, due: string): NodeOutcome & { kind: 'waiting' } {
  const begin = { type: 'task', kind: 'approval', queue, title, details: details ?? null, due } as const;
  return { kind: 'waiting', wait: { until: due, signals: [DECISION], registration: { begin }, memory: due } };
}
