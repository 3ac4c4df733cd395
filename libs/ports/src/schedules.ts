import type { RowCondition } from '@workflows/core';

/** Names a schedule trigger of a tenant's workflow. */
export interface ScheduleKey {
  tenantId: string;
  workflowId: string;
  trigger: string;
}

/** A schedule whose next slot has come. Instants are ISO 8601 in UTC. */
export interface ClaimedSchedule extends ScheduleKey {
  versionId: string;
  /** The IANA zone on whose clock its cron is read. */
  zone: string;
  /** Every slot up to here has become a row, or was passed over. */
  plannedUntil: string;
  /** Moves with every change of the schedule. */
  revision: number;
  /** How often it was taken up, this time included. */
  tries: number;
}

export interface ScheduleClaim {
  /** Database time of the claim, ISO 8601 in UTC. */
  now: string;
  /** True when something due was left: claim again. */
  more: boolean;
  schedules: ClaimedSchedule[];
}

export interface PlannedSchedule extends Pick<ClaimedSchedule, keyof ScheduleKey | 'versionId' | 'revision'> {
  plannedUntil: string;
  /** When the next slot comes; null: never again. */
  nextAt: string | null;
  /** Slots that fire, each with the time at which it does. */
  slots: Array<{ slot: string; fireAt: string }>;
}

/** A slot that is to start its run, or the next runs of its audience. */
export interface ClaimedSlot extends ScheduleKey {
  slot: string;
  versionId: string;
  /** Of an audience: the last row that was looked at; null: none yet. */
  lastRow: string | null;
  /** Runs that were started so far. */
  started: number;
  /** When it was due. */
  dueAt: string;
  /** How often it was taken up since its last progress, this time included. */
  tries: number;
}

export interface SlotClaim {
  now: string;
  more: boolean;
  /** Hand this to the next claim: the walk over tenants goes on behind it. */
  after: string;
  slots: ClaimedSlot[];
}

export interface SlotProgress extends ScheduleKey {
  slot: string;
  /** `lastRow` as it was claimed. */
  seenRow: string | null;
  lastRow: string | null;
  /** What is to be added to the account of the slot. */
  started: number;
  refused: number;
  /** When the next runs are due; null: the slot is done. */
  nextAt: string | null;
  /** Why the slot cannot go on. */
  failure?: string;
}

/** Rows of a tenant's table, in the order of their ids. */
export interface AudienceSearch {
  table: string;
  where: RowCondition[];
  /** Id of the row behind which it goes on. */
  after: string | null;
  limit: number;
}

/** A schedule as its tenant reads it. */
export interface ScheduleRecord {
  workflowId: string;
  trigger: string;
  cron: string;
  /** As the definition says it: an IANA zone, or `tenant`. */
  timezone: string;
  zone: string;
  plannedUntil: string;
  pausedAt: string | null;
}

export const SLOT_STATUSES = ['open', 'paused', 'done', 'cancelled', 'failed'] as const;

export interface SlotRecord {
  slot: string;
  status: (typeof SLOT_STATUSES)[number];
  /** When it starts its run, or the next runs of its audience; null: there is nothing more to do, or it is paused. */
  nextAt: string | null;
  started: number;
  /** Rows that name no contact who could be bound. */
  refused: number;
  lastRow: string | null;
  failure: string | null;
  endedAt: string | null;
  version: number;
}

export const SLOT_ORDERS = ['pause', 'resume', 'cancel'] as const;
export type SlotOrder = (typeof SLOT_ORDERS)[number];
