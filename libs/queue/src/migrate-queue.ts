import { runMigrations } from 'bullmq';
import pg from 'pg';
import { QUEUE_NAMES } from './queue-names.js';

/** BullMQ's own schema; it keeps its ledger of migrations there. */
export const QUEUE_SCHEMA = 'bullmq';

/**
 * Brings BullMQ's tables and functions in Postgres up to date and lets `appRole` use them. Safe to run at every start
 * and by several processes at once: BullMQ takes an advisory lock.
 *
 * `adminUrl` must be of a login that may create schemas; `appRole` must exist.
 */
export async function migrateQueue(adminUrl: string, appRole = 'wf_app'): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'workflows-migrate-queue' });
  await client.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
    // BullMQ makes a queue's sequence of job ids at its first job, and the engine's role may not create anything.
    await client.query(`set search_path = ${QUEUE_SCHEMA}`);
    await client.query('select next_job_id(name) from unnest($1::text[]) as name', [QUEUE_NAMES]);
    await client.query(grants(client.escapeIdentifier(appRole)));
  } finally {
    await client.end();
  }
}

function grants(role: string): string {
  return [
    `revoke all on schema ${QUEUE_SCHEMA} from public`,
    `grant usage on schema ${QUEUE_SCHEMA} to ${role}`,
    // TRUNCATE and ownership stay with the migrating login.
    `grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to ${role}`,
    `grant usage, select on all sequences in schema ${QUEUE_SCHEMA} to ${role}`,
    `grant execute on all functions in schema ${QUEUE_SCHEMA} to ${role}`,
  ].join(';\n');
}
