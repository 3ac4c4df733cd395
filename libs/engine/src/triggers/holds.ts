import { type CompiledTrigger, type JsonObject, WorkflowError } from '@workflows/core';

/** Whether the condition of a trigger holds. One that cannot be computed for this event does not: it must not keep others from theirs. */
export function holds(trigger: CompiledTrigger, event: JsonObject): boolean {
  try {
    return trigger.when?.({ event }) ?? true;
  } catch (error) {
    if (error instanceof WorkflowError) return false;
    throw error;
  }
}
