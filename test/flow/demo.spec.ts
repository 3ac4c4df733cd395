import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/engine-process.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** `npm run demo` as a new user meets it: nothing is running, and there is no data. */
describe('the demo on a fresh machine', () => {
  let dataDir: string;
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'workflows-demo-'));
    const [port, emulatorPort, crmPort] = [await freePort(), await freePort(), await freePort()];
    const ports = { PORT: String(port), EMULATOR_PORT: String(emulatorPort), CRM_PORT: String(crmPort) };
    environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: dataDir, ...ports };
  });

  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('starts everything, plays the lead form up to the next morning, and stops everything', async () => {
    const { stdout } = await play('lead-form');
    expect(stdout).toContain('failed: http.503, http.503');
    expect(stdout).toContain('the clock is moved to 09:30');
    expect(stdout.trimEnd().endsWith('The demo "lead-form" went as expected.')).toBe(true);
    await expect(stat(join(dataDir, 'run.json'))).rejects.toThrow('ENOENT');
  }, 120_000);

  it('books an appointment, and plays what becomes of it on the two days that follow', async () => {
    const { stdout } = await play('appointment-reminder');
    expect(stdout).toContain('the clock is moved to 09:00');
    expect(stdout).toContain('the clock is moved to 13:00');
    expect(stdout.trimEnd().endsWith('The demo "appointment-reminder" went as expected.')).toBe(true);
  }, 120_000);

  it('answers a comment below and in private, and goes on in direct messages', async () => {
    const { stdout } = await play('instagram');
    expect(stdout).toContain('Bot:  [below the comment] ');
    expect(stdout.trimEnd().endsWith('The demo "instagram" went as expected.')).toBe(true);
  }, 120_000);

  it('leaves secrets that only their owner can read, and none of them in the log', async () => {
    const path = join(dataDir, 'secrets.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const log = await readFile(join(dataDir, 'engine.log'), 'utf8');
    for (const secret of Object.values(JSON.parse(await readFile(path, 'utf8')) as Record<string, string>))
      expect(log).not.toContain(secret);
    expect(log).not.toContain('ana@acme.example');
  });

  it('says which examples there are when it does not know one', async () => {
    await expect(play('nothing-there')).rejects.toThrow('There are: appointment-reminder, instagram, lead-form.');
  });

  async function play(example: string): Promise<{ stdout: string }> {
    return promisify(execFile)(process.execPath, [join(root, 'scripts/demo.mjs'), example], { cwd: root, env: environment });
  }
});
