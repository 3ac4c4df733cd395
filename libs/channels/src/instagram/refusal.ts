import { terminal, type WorkflowError } from '@workflows/core';

/** A message that Instagram would refuse, found before it was sent. The value itself is not repeated: it may be private. */
export function refuse(field: string, reason: string, remedy: string, code = 'channel.invalid'): WorkflowError {
  return terminal(code, `The field "${field}" of an Instagram message ${reason}. Remedy: ${remedy}.`, { field });
}
