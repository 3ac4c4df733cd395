import { type EffectResult, type ModelAnswer, terminal, type ModelUsage, WorkflowError } from '@workflows/core';
import { z } from 'zod';

const count = z.int().min(0);
const usageShape = z.object({ inputTokens: count, outputTokens: count, totalTokens: count, costUsd: z.number(), calls: count });

const answerShape = z.object({
  text: z.string(),
  toolCalls: z.array(z.object({ id: z.string(), name: z.string(), args: z.string() })),
  finish: z.enum(['stop', 'length', 'tools', 'filter']),
  profile: z.string(),
  provider: z.string(),
  model: z.string(),
  usage: usageShape,
  ms: z.number(),
});

export const NO_USAGE: ModelUsage = { inputTokens: 0, outputTokens: 0, totalTokens: 0, costUsd: 0, calls: 0 };

/** The answer of a model effect. Throws WorkflowError when there is none, or none that was let through to its end. */
export function modelAnswer(result: EffectResult): ModelAnswer {
  if (result.outcome !== 'done') throw new WorkflowError(result.failure);
  const answer = answerShape.parse(result.data);
  const { finish, model, text } = answer;
  if (finish === 'filter') {
    throw terminal('ai.blocked', `The provider of the model "${model}" kept the answer back. Catch "ai.blocked" to go on.`);
  }
  if (finish === 'length') {
    throw terminal('ai.truncated', `The answer of the model "${model}" was cut off. Raise "maxOutputTokens", or ask for less.`);
  }
  if (finish === 'stop' && text.trim() === '') {
    throw terminal('ai.invalid', `The model "${model}" answered with nothing. Look at the prompt, or choose another model.`);
  }
  return answer;
}

/** What was used up before, from a memory; nothing when there is none. */
export function usageIn(memory: unknown): ModelUsage {
  return z.object({ usage: usageShape }).safeParse(memory).data?.usage ?? NO_USAGE;
}

export function addUsage(a: ModelUsage, b: ModelUsage): ModelUsage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    totalTokens: a.totalTokens + b.totalTokens,
    // Sums of fractions of cents would otherwise end in noise.
    costUsd: Math.round((a.costUsd + b.costUsd) * 1e9) / 1e9,
    calls: a.calls + b.calls,
  };
}
