import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { checkout } from './checkout.js';

const READY_WITHIN_MS = 30_000;

export interface EngineProcess {
  url: string;
  pid: number;
  /** Resolves when the process has ended, by itself or by a signal. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  hasEnded(): boolean;
  /** What it wrote so far. */
  log(): string;
  kill(): Promise<void>;
  /** Freezes it, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
}

/** The built program in a process of its own, ready to serve. `environment` is all that it gets to know; `preload` is loaded before it. */
export async function startEngine(
  environment: Record<string, string>,
  options: { awaitReady?: boolean; preload?: string } = {},
): Promise<EngineProcess> {
  const port = environment['PORT'] ?? String(await freePort());
  const crashing = environment['CRASH_AT'] === undefined ? undefined : '@workflows/testing/crash-on-purpose';
  const preloads = [crashing, options.preload].filter((module) => module !== undefined);
  const child = spawn(process.execPath, [...preloads.flatMap((module) => ['--import', module]), 'dist/main.js'], {
    cwd: checkout,
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'info', ...environment, PORT: port },
    // The engine ends with its parent's end of the channel: a test that dies leaves no process behind.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  const engine: EngineProcess = {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    ended: once(child, 'exit').then(() => ({ code: child.exitCode, signal: child.signalCode })),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    log: () => lines.join(''),
    kill: async () => void (await end(child, 'SIGKILL')),
    signal: (signal) => void child.kill(signal),
    stop: () => end(child, 'SIGTERM'),
  };
  if (options.awaitReady !== false) await ready(engine, child);
  return engine;
}

async function ready(engine: EngineProcess, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; await pause(50)) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The engine ended before it was ready:\n${engine.log()}`);
    const answer = await fetch(`${engine.url}/readyz`).catch(() => null);
    if (answer?.ok === true) return;
  }
  child.kill('SIGKILL');
  throw new Error(`The engine was not ready within ${READY_WITHIN_MS} ms:\n${engine.log()}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
}

/** A restarted process must be found where the crashed one was, so its port is chosen beforehand. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The free port has no number.');
  return address.port;
}
