import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writePrivate } from './launcher-secrets.js';

const runFile = z.object({
  pid: z.number().int(),
  apiUrl: z.string(),
  emulatorUrl: z.string(),
  operatorKey: z.string(),
  apiKey: z.string(),
  timezone: z.string(),
});

/** Where a running `npm start` can be found, and the keys to it. Kept in DATA_DIR/run.json while it runs. */
export type RunFile = z.infer<typeof runFile>;

export async function writeRunFile(dataDir: string, run: RunFile): Promise<void> {
  await writePrivate(pathIn(dataDir), run);
}

export async function removeRunFile(dataDir: string): Promise<void> {
  await rm(pathIn(dataDir), { force: true });
}

/** The running engine, or null. A file that a killed start left behind is told by its process id and its silence. */
export async function findRunning(dataDir: string): Promise<RunFile | null> {
  const text = await readFile(pathIn(dataDir), 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = runFile.safeParse(JSON.parse(text));
  if (!parsed.success || !isAlive(parsed.data.pid)) return null;
  const answer = await fetch(`${parsed.data.apiUrl}/livez`, { signal: AbortSignal.timeout(2000) }).catch(() => null);
  return answer?.ok ? parsed.data : null;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'run.json');
}
