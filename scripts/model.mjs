/**
 * `npm run test:model -- --runs 10000 --seed 7 --workers 2`: plays that many random interleavings of everything that can
 * happen to the engine, on the model of its database, and shows the shortest that breaks a promise. Without a seed it takes
 * a new one. `--from` goes on where an earlier search with the same seed has stopped; `--json` prints the result as JSON.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { root } from './lib/prepare.mjs';

/** As many interleavings have one seed; the suite has the same number. */
const BLOCK = 500;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: process.env.FC_SEED ?? String(Date.now() % 2 ** 31) },
    workers: { type: 'string', default: String(availableParallelism()) },
    from: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
});
const [runs, seed, asked, from] = ['runs', 'seed', 'workers', 'from'].map((name) => {
  if (!/^\d+$/.test(values[name])) throw new Error(`--${name} is "${values[name]}". Give a whole number.`);
  return Number(values[name]);
});
if (asked === 0) throw new Error('--workers is 0. Give at least 1.');
if (from >= runs) throw new Error(`--from is ${from}, and --runs ${runs}: nothing is left to play. Give a smaller --from.`);
if (from % BLOCK !== 0) throw new Error(`--from is ${from}. Give a multiple of ${BLOCK}, as the progress shows it.`);
console.error(`seed ${seed}`);

const workers = Math.min(asked, Math.ceil((runs - from) / BLOCK));
const begun = Date.now();
const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);
const players = Array.from({ length: workers }, (_, place) => play(place));
const isWhole = (await Promise.all(players.map(({ ended }) => ended))).every(Boolean);
const broken = players.map((player) => player.broken).filter((words) => words !== null);
const played = sum(players.map((player) => player.played));
const passed = isWhole && played === runs - from;
if (values.json) {
  const cpuSeconds = sum(players.map((player) => player.cpuSeconds));
  const result = { passed, seed, from, runs, played, workers, cpuSeconds, seconds: (Date.now() - begun) / 1000, broken };
  console.log(JSON.stringify(result));
} else if (passed) {
  console.log(`${played} interleavings played, and every promise was kept.`);
} else {
  for (const words of broken) console.error(words);
}
process.exitCode = passed ? 0 : 1;

/** One process, which plays every block that is its turn. */
function play(place) {
  const player = { played: 0, cpuSeconds: 0, next: from + place * BLOCK, broken: null, ended: null };
  const jest = [
    'node_modules/jest/bin/jest.js',
    '--runInBand',
    '--runTestsByPath',
    'libs/engine/src/model/interleavings.spec.ts',
  ];
  const env = {
    ...process.env,
    FC_SEED: String(seed),
    MODEL_RUNS: String(runs),
    MODEL_FROM: String(player.next),
    MODEL_STRIDE: String(workers),
    MODEL_PROGRESS: '3',
  };
  const child = spawn(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', ...jest, '--testNamePattern', 'keeps its promises'],
    { cwd: root, stdio: ['ignore', 'ignore', 'pipe', 'pipe'], env },
  );
  player.child = child;
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints += chunk));
  createInterface({ input: child.stdio[3] }).on('line', (line) => {
    const news = JSON.parse(line);
    if (news.broken !== undefined) player.broken = news.broken;
    else {
      Object.assign(player, { cpuSeconds: news.cpuSeconds, next: news.first + workers * BLOCK });
      player.played += news.played;
      showProgress();
    }
  });
  player.ended = new Promise((resolve) => {
    child.once('close', (code) => {
      // One way to break a promise is enough; and without it, what the suite says is all there is.
      if (code !== 0) for (const other of players) if (other.child.exitCode === null) other.child.kill();
      if (code !== null && code !== 0 && player.broken === null) console.error(complaints);
      resolve(code === 0);
    });
  });
  return player;
}

function showProgress() {
  const played = sum(players.map((player) => player.played));
  const speed = Math.round(played / sum(players.map((player) => player.cpuSeconds)));
  const whole = Math.min(runs, ...players.map(({ next }) => next));
  console.error(`${from + played} of ${runs} interleavings, ${speed} a second of CPU; --from ${whole} goes on from here`);
}
