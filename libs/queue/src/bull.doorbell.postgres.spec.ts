import { createTestDatabase, doorbellContract, type DoorbellServer, type TestDatabase } from '@workflows/testing';
import { BullDoorbell } from './bull.doorbell.js';
import { migrateQueue, QUEUE_SCHEMA } from './migrate-queue.js';

doorbellContract('BullMQ and Postgres', start);

async function start(): Promise<DoorbellServer> {
  const database = await createTestDatabase();
  await migrateQueue(database.adminUrl);
  // A second time: every start of the launcher migrates.
  await migrateQueue(database.adminUrl);
  const { rows } = await database.admin.query<{ table: string }>(
    "select quote_ident(schemaname) || '.' || quote_ident(tablename) as table from pg_tables where schemaname = $1 and tablename !~ 'migration'",
    [QUEUE_SCHEMA],
  );
  const tables = rows.map((row) => row.table).join(', ');
  return {
    open: () => new BullDoorbell({ kind: 'postgres', url: database.appUrl }),
    wipe: () => wipe(database.admin, tables),
    disconnectAll: async () =>
      void (await database.admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and usename <> 'postgres'",
      )),
    stop: () => database.drop(),
  };
}

/** A worker that takes a job holds these tables in another order, so one of the two may lose to a deadlock. */
async function wipe(admin: Pick<TestDatabase['admin'], 'query'>, tables: string, attempts = 5): Promise<void> {
  try {
    await admin.query(`truncate ${tables}`);
  } catch (error) {
    if (attempts === 1) throw error;
    await wipe(admin, tables, attempts - 1);
  }
}
