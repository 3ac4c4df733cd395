import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { migrateQueue } from '@workflows/queue';
import { EmbeddedPostgres, migrate } from '@workflows/storage';
import { startRedis, type TestRedis } from '@workflows/testing/redis';
import { PostgresDoor } from './postgres-door.js';

/** A migrated, empty database that nobody else uses. */
export interface RunDatabase {
  /** As superuser. */
  adminUrl: string;
  /** As the engine logs in. */
  appUrl: string;
  drop(): Promise<void>;
}

/** What the processes of a run stand on: a database behind a door, and a Redis where the doorbell rings through one. */
export class Ground {
  private constructor(
    readonly door: PostgresDoor,
    readonly redis: TestRedis | null,
    /** Null: the database is a guest on a server of others, which must not be restarted. */
    private own: { server: EmbeddedPostgres; directory: string } | null,
    private readonly database: RunDatabase,
  ) {}

  /** With a durable Postgres of its own, gone afterwards. */
  static async own(queue: 'postgres' | 'redis'): Promise<Ground> {
    const directory = await mkdtemp(join(tmpdir(), 'workflows-chaos-'));
    // The server may have to run as another user, who must get here.
    await chmod(directory, 0o755);
    const server = await EmbeddedPostgres.start({ directory, durable: true, maxConnections: 300 });
    await migrate(server.adminUrl);
    const drop = () => rm(directory, { recursive: true, force: true, maxRetries: 10 });
    return Ground.on({ adminUrl: server.adminUrl, appUrl: server.appUrl, drop }, queue, { server, directory });
  }

  static async on(
    database: RunDatabase,
    queue: 'postgres' | 'redis',
    own: { server: EmbeddedPostgres; directory: string } | null = null,
  ): Promise<Ground> {
    await migrateQueue(database.adminUrl);
    const door = new PostgresDoor(Number(new URL(database.appUrl).port));
    await door.open();
    return new Ground(door, queue === 'redis' ? await startRedis() : null, own, database);
  }

  /** As superuser, and by the server's own door: what looks at a run must not be caught by its faults. */
  get adminUrl(): string {
    return this.atPort(this.database.adminUrl, this.door.target);
  }

  /** As the engine logs in, through the door. */
  get appUrl(): string {
    return this.atPort(this.database.appUrl, this.door.port);
  }

  /** As a power cut would leave it: nothing is flushed, every connection breaks, and the next start has to recover. */
  async restartPostgres(awayMs: number): Promise<void> {
    if (this.own === null) throw new Error('This Postgres is shared with others. Take Ground.own() for faults that restart it.');
    const { server, directory } = this.own;
    process.kill(server.pid, 'SIGQUIT');
    await this.door.shut();
    await server.stop();
    await pause(awayMs);
    this.own = { server: await EmbeddedPostgres.start({ directory, durable: true, maxConnections: 300 }), directory };
    this.door.target = this.own.server.port;
    await this.door.open();
  }

  async stop(): Promise<void> {
    await this.door.shut();
    await this.redis?.stop();
    await this.own?.server.stop();
    await this.database.drop();
  }

  private atPort(url: string, port: number): string {
    const moved = new URL(url);
    moved.port = String(port);
    return moved.href;
  }
}
