import type { Json, JsonObject } from '@workflows/core';

/** An event of a tenant that is to be dispatched: those who wait for it are told, and what starts from it is started. */
export interface ClaimedEvent {
  tenantId: string;
  id: string;
  name: string;
  /** What waits look for; null: it can only start runs. */
  key: string | null;
  data: Json;
  /** `{ executionId, step }` of the run that emitted it, or what the door knows of its sender. */
  source: JsonObject;
  /** When it became a row, ISO 8601 in UTC. */
  at: string;
  /** How often it was taken up, this time included. */
  tries: number;
}

export interface EventClaim {
  /** Database time of the claim, ISO 8601 in UTC. */
  now: string;
  /** True when something due was left: claim again. */
  more: boolean;
  /** Hand this to the next claim: the walk over tenants goes on behind it. */
  after: string;
  events: ClaimedEvent[];
  /** As in ClaimResult. */
  revisions: Record<string, number>;
}

/** A step that waits for an event. */
export interface EventWait {
  executionId: string;
  step: number;
}

/** An event as its tenant reads it. */
export interface EventRecord {
  id: string;
  name: string;
  key: string | null;
  data: Json;
  /** `{ executionId, step }` of the run that emitted it, or `{ sender }`. */
  source: JsonObject;
  at: string;
  /** Null until everybody who waits for it has been told, and what it starts is started. */
  dispatchedAt: string | null;
}

export interface EventFilter {
  name?: string;
  key?: string;
}
