import type { BellName } from '@workflows/ports';

const BELLS = ['advance', 'outbound', 'events'] as const satisfies readonly BellName[];

/** A bell's queue; no colon, which BullMQ keeps for itself. */
export function queueName(bell: BellName): string {
  return `workflows-${bell}`;
}

export const QUEUE_NAMES = BELLS.map(queueName);
