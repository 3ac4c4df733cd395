import { terminal } from '@workflows/core';

/** Memory is part of the language and is not kept yet: an answer without it would be a wrong one, so there is none. */
export function noMemory({ memory }: { memory?: unknown }): void {
  if (memory !== undefined) {
    throw terminal(
      'ai.unavailable',
      'Memory of models is not kept yet. Take "memory" out of the node, or put what was said into its input.',
    );
  }
}
