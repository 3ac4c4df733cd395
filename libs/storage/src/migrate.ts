import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { textOf } from './error-code.js';

export interface Migration {
  version: string;
  name: string;
  sql: string;
}

/** Any two migrators of one database meet on this lock. */
const LOCK = 'workflows.migrate';

/**
 * Brings the database to the newest migration of `supabase/migrations` and resolves with the names of those it ran.
 * It records them as the Supabase CLI does, so that both can be used in turn. Safe to call from many processes at once.
 * `connectionString` needs a login that may create roles and a schema; it becomes the owner of the tables.
 */
export async function migrate(connectionString: string): Promise<string[]> {
  const client = new pg.Client({ connectionString, application_name: 'workflows migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [LOCK]);
    await client.query('create schema if not exists supabase_migrations');
    await client.query(
      'create table if not exists supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text)',
    );
    const { rows } = await client.query<{ version: string }>('select version from supabase_migrations.schema_migrations');
    const done = new Set(rows.map((row) => row.version));
    const pending = (await readMigrations()).filter((migration) => !done.has(migration.version));
    for (const migration of pending) await run(client, migration);
    return pending.map((migration) => `${migration.version}_${migration.name}`);
  } finally {
    await client.end();
  }
}

/** All migrations, oldest first. */
export async function readMigrations(): Promise<Migration[]> {
  const directory = fileURLToPath(new URL('../../../supabase/migrations/', import.meta.url));
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file) => {
      const [, version, name] = /^(\d{14})_([a-z0-9_]+)\.sql$/.exec(file) ?? [];
      if (!version || !name) throw new Error(`supabase/migrations/${file}: name it <14 digits>_<what_it_does>.sql`);
      return { version, name, sql: await readFile(`${directory}${file}`, 'utf8') };
    }),
  );
}

async function run(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query('insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      [migration.sql],
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(
      `Migration ${migration.version}_${migration.name} failed and was rolled back: ${textOf(error, 'message') ?? String(error)}`,
      { cause: error },
    );
  }
}
