/**
 * `npm test`: everything that must hold before a change is taken, on a fresh clone too. Goes on after a failure, so
 * that one run tells all, and closes with the line `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, prepare, root } from './lib/prepare.mjs';

const NOTHING_TAKES_LONGER_MS = 30 * 60_000;

const began = performance.now();
const scratch = mkdtempSync(join(tmpdir(), 'workflows-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };

await prepare(say);
await gate('build', () => build());
await gate('lint', () => tool('eslint/bin/eslint.js', '.'));
await gate('format', () => tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'));
await gate('floors', () =>
  tool('dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', 'libs', 'src', 'test'),
);
await gate('unused code', () => tool('knip/bin/knip.js', '--no-progress'));
await gate('types of tests', () => tool('typescript/bin/tsc', '-p', 'tsconfig.test.json'));
await jest('unit and contract tests', '--testPathIgnorePatterns', '/node_modules/', '/dist/', '<rootDir>/test/flow/');
// What the flow tests use of the language is kept here, for the comparison behind them.
process.env.WORKFLOWS_USE_RECORD = join(scratch, 'use-record');
await jest('flow tests', '--passWithNoTests', '--testPathPatterns', 'test/flow/');
await jest('use of the language', '--testPathPatterns', 'test/language-use/');

rmSync(scratch, { recursive: true, force: true });
if (process.env.CI === 'true' && total.skipped > 0) {
  say(`${total.skipped} skipped, which counts as failed because CI=true: install what they ask for (redis-server).`);
  total.failed += total.skipped;
  total.skipped = 0;
}
say(`done in ${seconds(began)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);

/** Counts as one test. */
async function gate(name, check) {
  const start = performance.now();
  say(`${name} ...`);
  try {
    await check();
    total.passed += 1;
    say(`${name}: passed in ${seconds(start)}`);
  } catch (error) {
    total.failed += 1;
    say(`${name}: FAILED in ${seconds(start)} (${error.message})`);
  }
}

async function jest(name, ...args) {
  const start = performance.now();
  const output = join(scratch, `${name.replaceAll(' ', '-')}.json`);
  say(`${name} ...`);
  const ended = await tool('jest/bin/jest.js', '--ci', '--maxWorkers=2', '--json', `--outputFile=${output}`, ...args).then(
    () => null,
    (error) => error,
  );
  const counts = countsIn(output);
  // A run that died, or found nothing wrong and still failed, is a failure that no test owns.
  if (ended && counts.failed === 0) counts.failed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
  say(
    `${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds(start)}${ended ? ` (${ended.message})` : ''}`,
  );
}

function countsIn(path) {
  try {
    const result = JSON.parse(readFileSync(path, 'utf8'));
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

/** Runs a tool of node_modules by this very Node. What it says goes to stderr, in order with ours; stdout has the counts alone. */
function tool(path, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules', path), ...args],
      {
        cwd: root,
        stdio: ['ignore', 2, 2],
      },
    );
    const timer = setTimeout(() => child.kill('SIGKILL'), NOTHING_TAKES_LONGER_MS);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else reject(new Error(signal ?? `exit code ${code}`));
    });
  });
}

function say(line) {
  console.error(`[${seconds(began).padStart(6)}] ${line}`);
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
