import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { CRASH_POINTS } from '@workflows/ports';
import { checkout } from '../support/checkout.js';
import { FAULTS } from './faults/index.js';

describe('docs/protocol.md', () => {
  let text: string;

  beforeAll(async () => {
    text = await readFile(join(checkout, 'docs/protocol.md'), 'utf8');
  });

  it('says for each crash point what is left and who goes on', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    expect(CRASH_POINTS.filter((point) => !rows.some((row) => row.includes(`\`${point}\``)))).toEqual([]);
  });

  it('lists every fault', () => {
    expect(FAULTS.filter(({ name }) => !text.includes(`\`${name}\``)).map(({ name }) => name)).toEqual([]);
  });

  it('shows commands that work as they stand', async () => {
    const block = /^```sh chaos\n([^]*?)^```$/m.exec(text)?.[1] ?? '';
    expect(block.trim().split('\n')).toHaveLength(2);
    // npm itself is not on every machine's path where the tests run; the script behind it is the same.
    const commands = block.replaceAll('npm run chaos --', `${process.execPath} scripts/chaos.mjs`);
    const { stdout } = await promisify(execFile)('sh', ['-ec', commands], { cwd: checkout });
    for (const { name } of FAULTS) expect(stdout).toContain(name);
    expect(stdout).toMatch(/^kept {3}worker-killed: struck \d+ times/m);
    expect(stdout).toContain('npm run chaos -- --fault worker-killed --queue postgres --seconds 5 --customers 3 --seed 7');
  }, 120_000);
});
