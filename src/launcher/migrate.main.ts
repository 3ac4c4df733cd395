import { migrateQueue } from '@workflows/queue';
import { migrate } from '@workflows/storage';
import pg from 'pg';

const LOGIN = 'workflows_engine';

/** `npm run db:migrate`: brings a database up to date, ours and the queue's; with ENGINE_DATABASE_PASSWORD the engine's login too. */
export async function main(): Promise<void> {
  const url = process.env['DATABASE_MIGRATE_URL']?.trim() || process.env['DATABASE_URL']?.trim();
  if (!url) throw new Error('DATABASE_MIGRATE_URL is missing. Write postgres://... with the login that owns the schema.');
  const ran = await migrate(url);
  await migrateQueue(url);
  const password = process.env['ENGINE_DATABASE_PASSWORD'];
  if (password) await ensureLogin(url, password);
  process.stdout.write(ran.length === 0 ? 'The database is up to date.\n' : `Done: ${ran.join(', ')}\n`);
}

/** The engine's login has no rights of its own: it is a member of wf_app. */
async function ensureLogin(url: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [LOGIN]);
    const verb = rowCount === 0 ? 'create' : 'alter';
    // Utility statements take no parameters.
    await client.query(`${verb} role ${LOGIN} login password ${client.escapeLiteral(password)}`);
    await client.query(`grant wf_app to ${LOGIN}`);
  } finally {
    await client.end();
  }
}
