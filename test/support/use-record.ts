import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@workflows/core';
import type { TestDatabase } from '@workflows/testing';

/** A published document, and what of it runs have come to in one suite. */
export interface UsedDocument {
  definition: JsonObject;
  /** Ids of the triggers that started a run. */
  triggers: string[];
  /** Steps that were made: the node and the port by which a run left it, if it did. */
  steps: Array<{ node: string; port: string | null }>;
}

/** Where flow tests leave what they have used of the language; unless it is set they leave nothing. */
export const RECORD_DIRECTORY = process.env['WORKFLOWS_USE_RECORD'];

const USED = `
  with used as (
    select version.definition, execution.trigger, step
    from workflows.executions execution
    join workflows.workflow_versions version
      on version.tenant_id = execution.tenant_id and version.id = execution.workflow_version_id
    left join workflows.execution_events history
      on history.tenant_id = execution.tenant_id and history.execution_id = execution.id
    left join lateral (
      select jsonb_build_object('node', event->'node', 'port',
        case event->'outcome'->>'kind' when 'done' then coalesce(event->'outcome'->'port', '"next"') end) as step
      from jsonb_array_elements(history.events) event where event->>'type' = 'returned'
    ) steps on true
  )
  select definition, jsonb_agg(distinct trigger) as triggers,
    coalesce(jsonb_agg(distinct step) filter (where step is not null), '[]') as steps
  from used group by definition`;

/**
 * Keeps what the runs in this database have used of the language, for the comparison at the end of `npm test`. It looks
 * into the database because every door by which a document is published ends there.
 */
export async function recordUse(database: TestDatabase | null): Promise<void> {
  if (RECORD_DIRECTORY === undefined || database === null) return;
  const { rows } = await database.admin.query<UsedDocument>(USED);
  mkdirSync(RECORD_DIRECTORY, { recursive: true });
  writeFileSync(join(RECORD_DIRECTORY, `${randomUUID()}.json`), JSON.stringify(rows));
}

export function readUse(directory: string): UsedDocument[] {
  return readdirSync(directory).flatMap((name): UsedDocument[] => JSON.parse(readFileSync(join(directory, name), 'utf8')));
}
