import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';

/** Namespace of ids that come from idempotency keys; any constant would do, as long as it never changes. */
const NAMESPACE = '8f7a5c5e-5d0b-4c5e-9d53-0b6c0f4a7d11';

/**
 * The id of a run that is to be started. With an idempotency key it is derived from tenant, workflow, trigger and key,
 * so that the same request, wherever and however often it arrives, means the same run.
 */
export function executionIdOf(tenantId: string, workflowId: string, trigger: string, idempotencyKey: string | undefined): string {
  if (idempotencyKey === undefined) return uuidv7();
  return uuidv5(JSON.stringify([tenantId, workflowId, trigger, idempotencyKey]), NAMESPACE);
}

/** The id of the mailbox in which the runs of a session live that belong to no contact. */
export function sessionMailboxOf(tenantId: string, workflowId: string, key: string): string {
  return uuidv5(JSON.stringify([tenantId, 'session', workflowId, key]), NAMESPACE);
}

/** The id of a fork of a run, in the same way: the same key means the same fork. */
export function forkIdOf(tenantId: string, executionId: string, idempotencyKey: string | undefined): string {
  if (idempotencyKey === undefined) return uuidv7();
  return uuidv5(JSON.stringify([tenantId, 'fork', executionId, idempotencyKey]), NAMESPACE);
}

/** The id of an event from outside, in the same way: the same key means the same event. */
export function eventIdOf(tenantId: string, idempotencyKey: string | undefined): string {
  if (idempotencyKey === undefined) return uuidv7();
  return uuidv5(JSON.stringify([tenantId, 'event', idempotencyKey]), NAMESPACE);
}
