import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../migrate.js';
import { PostgresDatabase } from '../postgres.database.js';
import { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';

const directories: string[] = [];
const servers: EmbeddedPostgres[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const directory of directories.splice(0)) {
    const moved = (await readFile(join(directory, 'postgres', 'moved-to.txt'), 'utf8').catch(() => '')).trim();
    for (const path of [directory, moved]) if (path) await rm(path, { recursive: true, force: true });
  }
});

/** As mktemp makes it, private to its owner: for root, whose server runs as nobody, that is the hard case. */
async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'embedded-'));
  directories.push(directory);
  return join(directory, 'postgres');
}

async function start(directory: string, options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await EmbeddedPostgres.start({ directory, durable: false, ...options });
  servers.push(server);
  return server;
}

async function answer(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: unknown }>(sql);
    return rows[0]?.answer;
  } finally {
    await client.end();
  }
}

describe('EmbeddedPostgres', () => {
  it('starts from nothing, is migrated twice without harm, and serves the engine as a role that is safe', async () => {
    const directory = await emptyDirectory();
    const server = await start(directory);
    expect((await migrate(server.adminUrl)).length).toBeGreaterThan(10);
    expect(await migrate(server.adminUrl)).toEqual([]);
    const database = new PostgresDatabase({ connectionString: server.appUrl });
    await database.assertSafeRole();
    expect(await database.call('find_tenant', { p_key: 'nobody' })).toBeNull();
    await database.close();
    expect((await stat(join(directory, 'credentials.json'))).mode & 0o777).toBe(0o600);
  }, 60_000);

  it('refuses a second launcher on its directory and says what to do', async () => {
    const directory = await emptyDirectory();
    await start(directory);
    await expect(EmbeddedPostgres.start({ directory, durable: false })).rejects.toThrow(
      /belongs to process \d+, which is running.*DATA_DIR/,
    );
  }, 60_000);

  it('keeps what was committed when the server is killed, and starts again at once', async () => {
    const directory = await emptyDirectory();
    const killed = await start(directory, { durable: true });
    await answer(killed.adminUrl, 'create table kept as select 42 as answer');
    process.kill(killed.pid, 'SIGKILL');
    await killed.stop();
    const again = await start(directory);
    expect(await answer(again.adminUrl, 'select answer from kept')).toBe(42);
  }, 60_000);

  it('uses a server again that a killed launcher left running', async () => {
    const directory = await emptyDirectory();
    const left = await start(directory);
    // What is left of a launcher after kill -9: its lock, with the id of a process that is gone.
    await writeFile(join(directory, 'launcher.lock'), '4194303 1');
    const lines: string[] = [];
    const again = await start(directory, { log: (line) => lines.push(line) });
    expect(again.pid).toBe(left.pid);
    expect(lines.at(-1)).toContain('still running');
  }, 60_000);

  it('writes no statement and no value into its log', async () => {
    const directory = await emptyDirectory();
    const server = await start(directory);
    await answer(server.adminUrl, "create table seen as select 'canary-2' as answer");
    await answer(server.adminUrl, 'create unique index on seen (answer)');
    await expect(answer(server.adminUrl, "insert into seen values ('canary-2')")).rejects.toThrow();
    await pause(100);
    expect(await readFile(join(directory, 'server.log'), 'utf8')).not.toContain('canary-2');
  }, 60_000);
});
