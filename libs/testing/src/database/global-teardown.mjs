import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Stops the server of this run, if any suite started one, and removes the run's directory. */
export default async function endRun() {
  const directory = process.env.WORKFLOWS_TEST_RUN;
  if (!directory) return;
  let pid = 0;
  try {
    pid = Number(readFileSync(join(directory, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    // No suite needed a database.
  }
  // At once and without a checkpoint: nothing in it is wanted any more.
  if (pid > 0) await stop(pid);
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function stop(pid) {
  try {
    process.kill(pid, 'SIGQUIT');
    for (let tries = 0; tries < 100; tries++) {
      process.kill(pid, 0);
      if (isZombie(pid)) return;
      await pause(20);
    }
  } catch {
    // It is gone.
  }
}

function isZombie(pid) {
  try {
    const facts = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return facts.slice(facts.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
