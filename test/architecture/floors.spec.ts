import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root } from './root.js';

const PLANTED = [
  ['libs/core', "import '@workflows/ports';", 'core-is-the-ground'],
  ['libs/core', "import 'node:fs';", 'core-is-pure'],
  ['libs/ports', "import '@workflows/storage';", 'ports-know-core-only'],
  ['libs/queue', "import '@workflows/storage';", 'queue-knows-no-sibling'],
  ['libs/engine', "import '@workflows/testing';", 'testing-is-for-tests'],
  ['libs/engine', "import '@workflows/emulator';", 'nobody-knows-the-emulator'],
  ['libs/emulator', "import '@workflows/core';", 'emulator-knows-no-product'],
  ['src', "import './nothing-there.js';", 'no-orphan-import'],
] as const;

/** A house of the same shape in a temporary place, with one violation planted for each rule. */
describe('the floors', () => {
  let house: string;
  let found: string;

  beforeAll(async () => {
    house = await mkdtemp(join(tmpdir(), 'workflows-floors-'));
    await build(house);
    found = await violations(house);
  }, 60_000);

  afterAll(() => rm(house, { recursive: true, force: true }));

  it.each(PLANTED)('%s may not contain %s', (workspace, _, rule) => {
    expect(found).toMatch(new RegExp(`error ${rule}: ${workspace}/.*${rule}`));
  });

  it('name the way out', () => {
    expect(found).toContain('Hand the value in as a parameter');
  });
});

async function build(house: string): Promise<void> {
  for (const file of ['tsconfig.base.json', 'tsconfig.test.json']) await copyFile(join(root, file), join(house, file));
  for (const library of await readdir(join(root, 'libs'))) {
    await mkdir(join(house, 'libs', library, 'src'), { recursive: true });
    await writeFile(join(house, 'libs', library, 'src/index.ts'), 'export {};\n');
  }
  await mkdir(join(house, 'src'));
  await symlink(join(root, 'node_modules'), join(house, 'node_modules'));
  for (const [workspace, source, rule] of PLANTED) {
    const folder = workspace === 'src' ? 'src' : `${workspace}/src`;
    await writeFile(join(house, folder, `${rule}.ts`), `${source}\n`);
  }
}

async function violations(house: string): Promise<string> {
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cruiser, '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'err-long', 'libs', 'src'];
  return promisify(execFile)(process.execPath, args, { cwd: house }).then(
    ({ stdout }) => stdout,
    (error: unknown) => (typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : ''),
  );
}
