import type { NodeOutcome } from '@workflows/core';

/**
 * What every node with a model answers while no model runtime is installed. The code is one that is retried by default;
 * this failure is not, because the next attempt would find the same installation.
 */
export function noModelRuntime(type: string): NodeOutcome {
  return {
    kind: 'failed',
    failure: {
      code: 'ai.unavailable',
      kind: 'terminal',
      message: `No model runtime is installed yet, so "${type}" cannot answer. Catch "ai.unavailable" to go on without an answer.`,
    },
  };
}
