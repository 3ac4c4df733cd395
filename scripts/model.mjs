/**
 * `npm run test:model -- --runs 10000 --seed 7`: plays that many random interleavings of everything that can happen to
 * the engine, on the model of its database, and shows the shortest that breaks a promise. Without a seed it takes a new one.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { root } from './lib/prepare.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string' } } });
const seed = values.seed ?? process.env.FC_SEED ?? String(Date.now() % 2 ** 31);
for (const [name, value] of Object.entries({ runs: values.runs, seed })) {
  if (!/^\d+$/.test(value)) throw new Error(`--${name} is "${value}". Give a whole number.`);
}
console.error(`seed ${seed}`);

const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--runTestsByPath',
    'libs/engine/src/model/interleavings.spec.ts',
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, MODEL_RUNS: values.runs, FC_SEED: seed } },
);
jest.once('exit', (code) => (process.exitCode = code ?? 1));
