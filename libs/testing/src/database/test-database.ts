import { advanceTestClock, installTestClock, migrate, PostgresDatabase, readMigrations } from '@workflows/storage';
import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { startTestCluster } from './test-cluster.js';

export interface TestDatabase {
  /** As the engine uses it: the role wf_app behind a plain login. */
  database: PostgresDatabase;
  /** As superuser, past all policies: for looking and for arranging, never for what is under test. */
  admin: pg.Pool;
  adminUrl: string;
  appUrl: string;
  /** Moves the database's time forward. Only with `testClock`. */
  advance(milliseconds: number): Promise<void>;
  /** Closes both and drops the database. */
  drop(): Promise<void>;
}

/**
 * A migrated, empty database of its own, cloned from a template in about 50 ms. Drop it in `afterAll`.
 * With `testClock` its time can be moved by `advance`.
 */
export async function createTestDatabase(options: { testClock?: boolean; poolSize?: number } = {}): Promise<TestDatabase> {
  const cluster = await startTestCluster();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await cloneTemplate(cluster.adminUrl, name);
  const adminUrl = inDatabase(cluster.adminUrl, name);
  const appUrl = inDatabase(cluster.appUrl, name);
  if (options.testClock) await installTestClock(adminUrl);
  const admin = new pg.Pool({ connectionString: adminUrl, max: 2 });
  admin.on('error', () => undefined);
  const database = new PostgresDatabase({ connectionString: appUrl, poolSize: options.poolSize ?? 8 });
  return {
    database,
    admin,
    adminUrl,
    appUrl,
    advance: async (milliseconds) => void (await advanceTestClock(adminUrl, milliseconds)),
    drop: async () => {
      await Promise.all([database.close(), admin.end()]);
      await asAdmin(cluster.adminUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** Postgres copies a template only while nobody is connected to it, hence the lock. */
async function cloneTemplate(adminUrl: string, name: string): Promise<void> {
  const template = `template_${await fingerprint()}`;
  await asAdmin(adminUrl, async (client) => {
    await client.query("select pg_advisory_lock(hashtextextended('workflows.test-template', 0))");
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 0) {
      const half = `${template}_new`;
      await client.query(`drop database if exists ${half} with (force)`);
      await client.query(`create database ${half}`);
      await migrate(inDatabase(adminUrl, half));
      await client.query(`alter database ${half} rename to ${template}`);
    }
    await client.query(`create database ${name} template ${template}`);
  });
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const migration of await readMigrations()) hash.update(migration.version).update(migration.sql);
  return hash.digest('hex').slice(0, 16);
}

async function asAdmin<Result>(adminUrl: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function inDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
