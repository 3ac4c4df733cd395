import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A Redis of one test suite: its own process on a free loopback port, its files in a temporary directory. */
export interface TestRedis {
  /** `redis://127.0.0.1:<port>` */
  url: string;
  /** Sends one inline command, such as `FLUSHALL`, and returns the first line of the answer. */
  command(line: string): Promise<string>;
  /** Kills the server, freezes it, or lets it go on. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** After a kill: empty, at the same address. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** No Redis server comes as an npm package, so suites that need one are skipped, visibly, where the program is missing. */
export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

export async function startRedis(): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'workflows-redis-'));
  // Between looking for a free port and taking it, somebody else may take it.
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const server = spawnServer(port, directory);
    if (await answers(server, port)) return running(server, port, directory);
    if (attempt === 5) throw new Error('redis-server did not start on five free ports. Start it by hand to see its reason.');
  }
}

function spawnServer(port: number, directory: string): ChildProcess {
  return spawn('redis-server', settings(port, directory), { stdio: 'ignore' });
}

function settings(port: number, directory: string): string[] {
  const options = { port: String(port), bind: '127.0.0.1', dir: directory, save: '', appendonly: 'no' };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}

function running(first: ChildProcess, port: number, directory: string): TestRedis {
  let server = first;
  const isGone = (): boolean => server.exitCode !== null || server.signalCode !== null;
  return {
    url: `redis://127.0.0.1:${port}`,
    command: (line) => command(port, line),
    signal: (signal) => void server.kill(signal),
    async startAgain() {
      if (!isGone()) await once(server, 'exit');
      server = spawnServer(port, directory);
      if (!(await answers(server, port))) throw new Error(`redis-server did not start again on port ${port}.`);
    },
    async stop() {
      if (!isGone()) {
        server.kill('SIGKILL');
        await once(server, 'exit');
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answers(server: ChildProcess, port: number): Promise<boolean> {
  while (server.exitCode === null) {
    if ((await command(port, 'PING').catch(() => '')) === '+PONG') return true;
    await pause(20);
  }
  return false;
}

async function command(port: number, line: string): Promise<string> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  try {
    socket.setTimeout(5000, () => socket.destroy(new Error('Redis did not answer within 5 seconds.')));
    await once(socket, 'connect');
    socket.write(`${line}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString('utf8').split('\r\n')[0] ?? '';
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The probe has no port.');
  return address.port;
}
