import type { EffectResult, StoreEffect } from '@workflows/core';
import type { ContactFacts } from './road.js';

/** The run for which something is stored, and under which lease. */
export interface StoreStep {
  tenantId: string;
  executionId: string;
  mailboxId: string;
  leaseToken: number;
  /** The contact of the run, or null. */
  contactId: string | null;
}

export type StoreAnswer =
  /** `contact`: as it is now, after a change of it. */
  | { outcome: 'settled'; result: EffectResult; contact?: ContactFacts }
  /** The mailbox is in other hands by now: nothing was done. */
  | { outcome: 'fenced' };

/**
 * Reads and writes what a tenant keeps in the engine, on behalf of a step. A write happens once for its idempotency key,
 * whoever asks for it and however often: a repeat answers what the first one did. Rejects, with the write done or not,
 * when the storage is away; the same effect is then performed again after the lease has run out.
 */
export abstract class StorePerformer {
  abstract perform(effect: StoreEffect, step: StoreStep): Promise<StoreAnswer>;
}
