import { type CompiledTrigger, type JsonObject, sessionKey } from '@workflows/core';
import type { AcceptItem } from '@workflows/ports';
import type { BoundContact } from './contact-binding.js';
import { sessionMailboxOf } from './execution-id.js';

export interface NewRun {
  tenantId: string;
  executionId: string;
  workflowId: string;
  versionId: string;
  trigger: CompiledTrigger;
  /** As expressions see it, without `at`. */
  event: JsonObject;
  contact?: BoundContact;
}

/**
 * The start of a run on its way into a mailbox: that of the conversation with its contact, or that of its session, so that
 * runs of one session are looked at together; a run that has neither has one of its own.
 */
export function startItem({ tenantId, executionId, workflowId, versionId, trigger, event, contact }: NewRun): AcceptItem {
  const start = { executionId, workflowId, versionId, trigger: trigger.id, event };
  if (contact !== undefined) return { kind: 'start', tenantId, executionId, start, contact };
  const key = sessionKey(trigger, event);
  const session = key === null ? {} : { mailboxId: sessionMailboxOf(tenantId, workflowId, key) };
  return { kind: 'start', tenantId, executionId, start, ...session };
}
