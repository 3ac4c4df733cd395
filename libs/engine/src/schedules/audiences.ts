import { Injectable } from '@nestjs/common';
import { type CompiledTrigger, type JsonObject, rowConditions } from '@workflows/core';
import { ScheduleStore } from '@workflows/storage';

/** Whom a slot is for: rows of a tenant's table, each of which gets a run of its own. */
export interface Audience {
  table: string;
  maxRuns: number;
  perMinute: number;
}

/** The table of an audience is gone. */
export class AudienceMissing extends Error {
  constructor(table: string) {
    super(`There is no table "${table}" any more. Make it again, or publish the workflow with another audience.`);
    this.name = 'AudienceMissing';
  }
}

/** Null: the schedule starts one run for each slot. */
export function audienceOf({ definition }: CompiledTrigger): Audience | null {
  const { audience } = definition;
  if (typeof audience !== 'object' || audience === null || Array.isArray(audience)) return null;
  const { table, maxRuns, perMinute } = audience;
  if (typeof table !== 'string' || typeof maxRuns !== 'number' || typeof perMinute !== 'number') return null;
  return { table, maxRuns, perMinute };
}

/** Reads audiences a few rows at a time, whatever their size. */
@Injectable()
export class Audiences {
  constructor(private readonly store: ScheduleStore) {}

  /** The next rows behind one, by id. Throws AudienceMissing, and WorkflowError where a condition cannot be computed. */
  async rows(
    tenantId: string,
    trigger: CompiledTrigger,
    { table }: Audience,
    { event, after, limit }: { event: JsonObject; after: string | null; limit: number },
  ): Promise<Array<JsonObject & { id: string }>> {
    const found = await this.store.audience(tenantId, { table, where: conditionsOf(trigger, event), after, limit });
    if (found.outcome === 'missing') throw new AudienceMissing(table);
    return found.rows;
  }

  /** How many runs a slot would start at most. Throws like `rows`. */
  async count(tenantId: string, trigger: CompiledTrigger, { table, maxRuns }: Audience, event: JsonObject): Promise<number> {
    const counted = await this.store.count(tenantId, { table, where: conditionsOf(trigger, event), limit: maxRuns });
    if (counted.outcome === 'missing') throw new AudienceMissing(table);
    return counted.rows;
  }
}

function conditionsOf({ where }: CompiledTrigger, event: JsonObject) {
  return rowConditions(where?.({ event }));
}
