import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../error-code.js';

/**
 * Keeps a second launcher off a directory while the first is alive. A lock whose process is gone (kill -9, a reboot) is
 * taken over. Resolves with the function that gives the lock back; rejects with what to do when somebody holds it.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'launcher.lock');
  const mine = `${process.pid} ${await startOf(process.pid)}`;
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(mine);
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const holder = (await readFile(path, 'utf8').catch(() => '')).trim();
    const [pid = '', start = ''] = holder.split(' ');
    if (await isAlive(Number(pid), start)) {
      throw new Error(
        `The embedded Postgres in ${directory} belongs to process ${pid}, which is running. Stop that process, or set ` +
          `DATA_DIR to another directory. If ${pid} is something else entirely, delete ${path}.`,
      );
    }
    await rm(path, { force: true });
  }
}

async function isAlive(pid: number, start: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
  }
  return (await startOf(pid)) === start;
}

/** When the process started, in ticks since boot, where the system tells; after a reboot another process may have its id. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
