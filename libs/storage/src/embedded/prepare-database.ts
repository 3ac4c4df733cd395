import { realpath } from 'node:fs/promises';
import pg from 'pg';
import type { Credentials } from './credentials.js';

/** Is there a server on `port` that works on `cluster` and knows our password? */
export async function answers(port: number, credentials: Credentials, cluster: string): Promise<boolean> {
  try {
    return await asAdmin(port, credentials, 'postgres', async (client) => {
      const { rows } = await client.query<{ data_directory: string }>('show data_directory');
      return (await realpath(rows[0]?.data_directory ?? '')) === (await realpath(cluster));
    });
  } catch {
    return false;
  }
}

/** Makes database and login where they are missing. The login gets its rights from wf_app and has none of its own. */
export async function prepareDatabase(port: number, credentials: Credentials, database: string): Promise<void> {
  await asAdmin(port, credentials, 'postgres', async (client) => {
    const names = await client.query<{ rolname: string }>('select rolname from pg_roles');
    const roles = new Set(names.rows.map((row) => row.rolname));
    if (!roles.has('wf_app')) await client.query('create role wf_app nologin');
    if (!roles.has('workflows_engine'))
      await client.query(`create role workflows_engine login password '${credentials.app}' in role wf_app`);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  });
}

async function asAdmin<Result>(
  port: number,
  credentials: Credentials,
  database: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: credentials.admin,
    database,
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
