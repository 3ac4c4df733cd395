import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { textOf } from '../error-code.js';
import { prepareBinaries, type PostgresBinaries } from './binaries.js';
import { type Credentials, readCredentials } from './credentials.js';
import { lockDirectory } from './launcher-lock.js';
import { answers, prepareDatabase } from './prepare-database.js';
import { readableBy, serverUser, type ServerUser } from './server-user.js';

export interface EmbeddedPostgresOptions {
  /** Where cluster, credentials and server log live. Made when missing. */
  directory: string;
  /** Name of the database. Default `workflows`. */
  database?: string;
  /** False: no fsync. For test clusters only, which may lose everything in a power cut. Default true. */
  durable?: boolean;
  /** Default 200: BullMQ's Postgres backend alone takes 16 to 18 per queue and process. */
  maxConnections?: number;
  /** Told in one line what takes time or happens unexpectedly. */
  log?: (line: string) => void;
}

/** How long a start is tried: after a kill -9 the old server's children may need seconds to let go of its lock file. */
const START_TIMEOUT_MS = 30_000;

/**
 * A real Postgres on a free port of loopback, from the binaries that npm brought. Survives kill -9 of server and
 * launcher: the next start reuses a server that is still running, and waits for one that is just dying. It never deletes
 * `postmaster.pid`, because that file is what keeps two servers off one cluster.
 */
export class EmbeddedPostgres {
  private constructor(
    /** Superuser: for migrations. */
    readonly adminUrl: string,
    /** Plain login, a member of wf_app: for the engine. */
    readonly appUrl: string,
    readonly port: number,
    readonly pid: number,
    private readonly unlock: () => Promise<void>,
  ) {}

  /** Starts the server, making the cluster first when there is none. Rejects with the reason and the server's last words. */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const directory = resolve(options.directory);
    const log = options.log ?? (() => undefined);
    await mkdir(directory, { recursive: true });
    const unlock = await lockDirectory(directory);
    try {
      const user = serverUser();
      const home = await serverHome(directory, user, log);
      const credentials = await readCredentials(directory);
      const binaries = await prepareBinaries(home, user);
      const cluster = await makeCluster(home, binaries, user, credentials, options, log);
      const server =
        (await runningServer(cluster, credentials, log)) ??
        (await startServer(directory, cluster, binaries, user, credentials, options));
      const database = options.database ?? 'workflows';
      await prepareDatabase(server.port, credentials, database);
      const url = (login: string, password: string) => `postgres://${login}:${password}@127.0.0.1:${server.port}/${database}`;
      return new EmbeddedPostgres(
        url('postgres', credentials.admin),
        url('workflows_engine', credentials.app),
        server.port,
        server.pid,
        unlock,
      );
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  /** Stops the server: open transactions are rolled back, and it is gone when this resolves. */
  async stop(): Promise<void> {
    await stopServer(this.pid);
    await this.unlock();
  }
}

/** Ends a server by its process id: first `fast`, after 20 s `immediate`, which the next start recovers from. */
export async function stopServer(pid: number): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 2_000],
  ] as const) {
    if (!send(pid, signal)) return;
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (await isGone(pid)) return;
      await pause(20);
    }
  }
}

/** A server whose parent was killed may stay in the process table after its end, where nobody collects it. */
async function isGone(pid: number): Promise<boolean> {
  if (!send(pid, 0)) return true;
  const facts = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return facts.slice(facts.lastIndexOf(')') + 2).startsWith('Z');
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * Where the server's own files live: the directory itself, unless the server runs as another user who could not get
 * there (a checkout below root's private home). Then it is a place below /var/lib that belongs to this directory.
 */
async function serverHome(directory: string, user: ServerUser | null, log: (line: string) => void): Promise<string> {
  if (await readableBy(directory, user)) return directory;
  const home = join('/var/lib/workflows', createHash('sha256').update(directory).digest('hex').slice(0, 16));
  await mkdir(home, { recursive: true, mode: 0o755 });
  await writeFile(join(directory, 'moved-to.txt'), `${home}\n`);
  log(`Postgres may not run as root, and the user it runs as cannot reach ${directory}: its cluster is kept in ${home}.`);
  return home;
}

async function makeCluster(
  home: string,
  binaries: PostgresBinaries,
  user: ServerUser | null,
  credentials: Credentials,
  options: EmbeddedPostgresOptions,
  log: (line: string) => void,
): Promise<string> {
  const cluster = join(home, 'cluster');
  if (await stat(join(cluster, 'PG_VERSION')).catch(() => null)) return cluster;
  log(`Making a Postgres cluster in ${cluster}.`);
  // Made beside and renamed: an initdb that was killed half-way would otherwise look like a cluster.
  const half = join(home, 'cluster.new');
  const password = join(home, 'password.new');
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { mode: 0o700 });
  await rm(password, { force: true });
  await writeFile(password, credentials.admin, { mode: 0o600 });
  if (user) for (const path of [half, password]) await chown(path, user.uid, user.gid);
  try {
    await promisify(execFile)(
      binaries.initdb,
      [
        '--pgdata',
        half,
        '--username',
        'postgres',
        '--pwfile',
        password,
        '--auth',
        'scram-sha-256',
        '--encoding',
        'UTF8',
        '--locale',
        'C',
        '--no-instructions',
        ...(options.durable === false ? ['--no-sync'] : []),
      ],
      { ...identity(user), cwd: half, env: serverEnvironment() },
    );
  } catch (error) {
    const words = textOf(error, 'stderr')?.trim();
    throw new Error(`initdb could not make a cluster in ${half}: ${words || String(error)}`, { cause: error });
  } finally {
    await rm(password, { force: true });
  }
  await chmod(half, 0o700);
  await rename(half, cluster);
  return cluster;
}

interface Server {
  pid: number;
  port: number;
}

/** The server that a killed launcher left running on this cluster, if it lets us in. */
async function runningServer(cluster: string, credentials: Credentials, log: (line: string) => void): Promise<Server | null> {
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!pid || !port || !send(pid, 0)) return null;
  if (!(await answers(port, credentials, cluster))) return null;
  log(`Postgres of an earlier start is still running (process ${pid}); it is used again.`);
  return { pid, port };
}

async function startServer(
  directory: string,
  cluster: string,
  binaries: PostgresBinaries,
  user: ServerUser | null,
  credentials: Credentials,
  options: EmbeddedPostgresOptions,
): Promise<Server> {
  const logPath = join(directory, 'server.log');
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
    const port = await freePort();
    const logFile = await open(logPath, 'w', 0o600);
    const child = spawn(binaries.postgres, ['-D', cluster, '-p', String(port), ...settings(options)], {
      ...identity(user),
      cwd: cluster,
      env: serverEnvironment(),
      // A group of its own: Ctrl-C must not end the server before the engine has finished with it.
      detached: true,
      stdio: ['ignore', logFile.fd, logFile.fd],
    });
    const alive = await becomesReady(child, port, credentials, cluster, deadline);
    await logFile.close();
    if (alive && child.pid !== undefined) {
      child.unref();
      return { pid: child.pid, port };
    }
    if (Date.now() > deadline) {
      const words = (await readFile(logPath, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join(' | ');
      throw new Error(`The embedded Postgres in ${cluster} did not start: ${words || 'it said nothing'} (all of it: ${logPath})`);
    }
    await pause(wait);
  }
}

async function becomesReady(
  child: ChildProcess,
  port: number,
  credentials: Credentials,
  cluster: string,
  deadline: number,
): Promise<boolean> {
  const ended = new AbortController();
  for (const event of ['exit', 'error']) child.once(event, () => ended.abort());
  while (!ended.signal.aborted && Date.now() < deadline) {
    if (await answers(port, credentials, cluster)) return true;
    await pause(25);
  }
  child.kill('SIGQUIT');
  return false;
}

function settings(options: EmbeddedPostgresOptions): string[] {
  const list: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    // No socket files: they would need a directory that both users can write.
    unix_socket_directories: '',
    max_connections: String(options.maxConnections ?? 200),
    // Statements and details quote values, and the log must not hold what contacts write.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return Object.entries(list).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function identity(user: ServerUser | null): { uid?: number; gid?: number } {
  // spawn takes signed numbers, chown unsigned ones; `nobody` is -2 on macOS.
  return user === null ? {} : { uid: user.uid | 0, gid: user.gid | 0 };
}

/** Nothing of ours: PG* variables would change what the server does, and secrets have no business there. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    LC_ALL: 'C',
    TZ: 'UTC',
    ...(process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] } : {}),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolvePort(address.port) : reject(new Error('No free port on 127.0.0.1.')),
      );
    });
  });
}
