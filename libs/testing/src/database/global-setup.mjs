import { mkdtempSync, chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'workflows-jest-';

/**
 * Gives a run of Jest its own directory. The first suite that needs a database starts the run's one server in it, so a
 * run of pure tests pays nothing; `global-teardown.mjs` stops it.
 */
export default function prepareRun() {
  removeLeftovers();
  const directory = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // The server may have to run as another user, who must get here.
  chmodSync(directory, 0o755);
  process.env.WORKFLOWS_TEST_RUN = directory;
}

/** A run that was killed left its server running; its directory tells which. */
function removeLeftovers() {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    stopServerIn(join(tmpdir(), name));
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function stopServerIn(directory) {
  try {
    const pid = Number(readFileSync(join(directory, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (pid > 0) process.kill(pid, 'SIGQUIT');
  } catch {
    // There is none, or it is gone.
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
