import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. Everything here runs with plain Node, because on a fresh clone there is nothing else. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

const OLDEST_NODE = [20, 19];

/** Installs when `node_modules` is missing or older than the lock file, and builds when a source is newer than the build. */
export async function prepare(log) {
  requireNode();
  if (mustInstall()) {
    log('Installing the dependencies (once, about half a minute) ...');
    await run(...npm('ci', '--include=dev', '--loglevel=error'));
  }
  if (mustBuild()) {
    log('Building ...');
    await build();
  }
}

/** Compiles what is stale. Rejects with the compiler's exit code when it finds errors. */
export async function build() {
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b']);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, '');
}

/** Runs a program with this terminal's output and closed input; rejects unless it ends with 0. */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${[program, ...args].join(' ')} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(
    `Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}. Install a newer one: https://nodejs.org`,
  );
  process.exit(1);
}

/** npm leaves its own list in node_modules when an installation is complete; a half one has none. */
function mustInstall() {
  return changedAt(join(root, 'node_modules/.package-lock.json')) < changedAt(join(root, 'package-lock.json'));
}

const stamp = join(root, 'dist/.built');

function mustBuild() {
  const built = changedAt(stamp);
  if (built === 0 || changedAt(join(root, 'dist/main.js')) === 0) return true;
  const files = ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json', 'tsconfig.app.json'].map((name) => join(root, name));
  const folders = [
    join(root, 'src'),
    join(root, 'bench'),
    join(root, 'test/chaos'),
    join(root, 'test/support'),
    ...readdirSync(join(root, 'libs')).map((name) => join(root, 'libs', name, 'src')),
  ];
  return Math.max(...files.map(changedAt), ...folders.map(newestIn)) > built;
}

function newestIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  // The folder's own time tells of files that went away.
  return entries.reduce(
    (newest, entry) => Math.max(newest, changedAt(join(entry.parentPath ?? entry.path, entry.name))),
    changedAt(folder),
  );
}

function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The npm that started us, which need not be on the PATH. */
function npm(...args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...args]] : ['npm', args];
}
