import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateQueue } from '@workflows/queue';
import { EmbeddedPostgres, migrate } from '@workflows/storage';
import { hasRedis, startRedis, type TestRedis } from '@workflows/testing/redis';
import pg from 'pg';

/** A new, empty, durable Postgres and, where the program is there, a Redis: nobody else's and gone afterwards. */
export class Servers {
  private constructor(
    readonly postgres: EmbeddedPostgres,
    readonly admin: pg.Pool,
    readonly redis: TestRedis | null,
    private readonly directory: string,
  ) {}

  static async start(): Promise<Servers> {
    const directory = await mkdtemp(join(tmpdir(), 'workflows-bench-'));
    // The server may have to run as another user, who must get here.
    await chmod(directory, 0o755);
    const postgres = await EmbeddedPostgres.start({ directory, durable: true, maxConnections: 300 });
    await migrate(postgres.adminUrl);
    await migrateQueue(postgres.adminUrl);
    const admin = new pg.Pool({ connectionString: postgres.adminUrl, max: 4 });
    admin.on('error', () => undefined);
    return new Servers(postgres, admin, hasRedis() ? await startRedis() : null, directory);
  }

  /** What a number is worth depends on it: `fsync=on synchronous_commit=on`, read from the server itself. */
  async durability(): Promise<string> {
    const read = async (name: string): Promise<string> => {
      const { rows } = await this.admin.query<Record<string, string>>(`show ${name}`);
      return `${name}=${rows[0]?.[name] ?? 'unknown'}`;
    };
    return `Postgres ${await read('fsync')} ${await read('synchronous_commit')}`;
  }

  async stop(): Promise<void> {
    await this.admin.end();
    await this.redis?.stop();
    await this.postgres.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
