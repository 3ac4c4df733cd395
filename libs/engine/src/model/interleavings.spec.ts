import { writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compile } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';
import fc from 'fast-check';
import { answers, type Happening, happenings, orders, passes, says, sweeps, thaws, works } from './__fixtures__/commands.js';
import { checkEnd, checkPost } from './__fixtures__/invariants.js';
import { Stage } from './__fixtures__/stage.js';
import { NEW_ORDER, WORKFLOWS } from './__fixtures__/workflows.js';

/**
 * `npm run test:model` asks for more: the interleavings from MODEL_FROM to MODEL_RUNS in blocks, of which this process plays
 * every MODEL_STRIDE-th. A block has a seed of its own, so that each is found again without those before it.
 */
const RUNS = numberOf('MODEL_RUNS', 300);
const FROM = numberOf('MODEL_FROM', 0);
const STRIDE = numberOf('MODEL_STRIDE', 1);
const BLOCK = 500;
/** Where whoever asked is told how far it is, as lines of JSON. */
const PROGRESS = process.env['MODEL_PROGRESS'];

function numberOf(name: string, otherwise: number): number {
  return Number(process.env[name] ?? otherwise);
}

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
}, 60_000);

afterAll(() => stage.strike(), 30_000);

async function play(commands: Iterable<Happening>): Promise<void> {
  await stage.clear();
  stage.world.watch = (post) => checkPost(stage, post);
  await fc.asyncModelRun(() => ({ model: {}, real: stage }), commands);
  await stage.rest();
  checkEnd(stage);
}

it('plays workflows that can be published', () => {
  const problems = [...WORKFLOWS, NEW_ORDER].map(({ version: _version, ...document }) => {
    const compiled = compile(document, { nodeTypes: NODE_SPECS });
    return compiled.ok ? [] : compiled.problems;
  });
  expect(problems.flat()).toEqual([]);
});

describe('the engine, whatever happens to it', () => {
  it('keeps its promises', async () => {
    const seed = fc.readConfigureGlobal().seed ?? 0;
    const before = process.cpuUsage();
    let played = 0;
    const property = fc.asyncProperty(happenings(30), async (commands) => {
      await play(commands);
      played += 1;
    });
    for (let first = FROM; first < RUNS; first += BLOCK * STRIDE) {
      const numRuns = Math.min(BLOCK, RUNS - first);
      played = 0;
      const result = await fc.check(property, { numRuns, seed: (seed + first / BLOCK) % 2 ** 31 });
      if (result.failed) {
        tell({ broken: inWords(result) });
        throw new Error(inWords(result));
      }
      expect(played).toBe(numRuns);
      const { user, system } = process.cpuUsage(before);
      tell({ first, played, cpuSeconds: (user + system) / 1e6 });
    }
  }, 2_000_000_000);

  // What it has found, in the order of its finding.

  it('sends what a run says that a contact has started right behind a word of opt-out', () =>
    play([says('Bo', 'stop'), says('Bo', 'pay'), works(0, 'advance')]));

  it('does not send a message again whose run was cancelled while nobody knew what had become of it', () =>
    play([
      says('Ana', 'order'),
      works(0, 'advance'),
      answers('lost'),
      works(0, 'outbound'),
      orders(0, { type: 'cancel', reason: 'test' }),
    ]));

  it.each([2, 3])('does not send what another worker has sent, when it was frozen long behind its call %i', (call) =>
    play([
      says('Ana', 'order'),
      works(0, 'advance'),
      works(0, 'outbound', { call, when: 'after', how: 'freezes' }),
      passes(31),
      sweeps(),
      passes(95),
      sweeps(),
      works(1, 'outbound'),
      thaws(),
    ]),
  );

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'does not lose the word that starts a run anew when a worker dies around its call %i, while the one before is undone',
    (call) =>
      play([
        says('Ana', 'trip'),
        works(0, 'advance'),
        says('Ana', 'trip'),
        works(0, 'advance', { call, when: 'before', how: 'dies' }),
      ]),
  );

  it.each([true, false])('does not bring a failed run back beside the one that has its session now, begun before: %s', (begun) =>
    play([
      says('Ana', 'trip'),
      answers('refused'),
      works(0, 'advance'),
      says('Ana', 'trip'),
      ...(begun ? [works(0, 'advance')] : []),
      orders(0, { type: 'retry' }),
      works(0, 'advance'),
    ]),
  );
});

function tell(news: object): void {
  if (PROGRESS !== undefined) writeSync(Number(PROGRESS), `${JSON.stringify(news)}\n`);
}

function inWords({
  seed,
  counterexample,
  counterexamplePath,
  errorInstance,
  numRuns,
}: fc.RunDetails<[Iterable<Happening>]>): string {
  const steps = [...(counterexample?.[0] ?? [])].map((step, index) => `  ${index + 1}. ${step.toString()}`);
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return [
    `After ${numRuns} interleavings: ${why}. It takes this:`,
    ...steps,
    `Seed ${seed}, path ${counterexamplePath}: npm run test:model -- --runs ${BLOCK} --seed ${seed} finds it again.`,
  ].join('\n');
}
