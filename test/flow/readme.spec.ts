import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deployment } from '../support/deployment.js';

const README = new URL('../../README.md', import.meta.url);

/** The commands of "Your first workflow", as they stand in the README; only ports are put in. */
const suite = spawnSync('curl', ['--version']).status === 0 ? describe : describe.skip;

suite('the first workflow of the README (needs the program curl)', () => {
  let deployment: Deployment;
  let folder: string;
  let readme: string;

  beforeAll(async () => {
    readme = await readFile(README, 'utf8');
    folder = await mkdtemp(join(tmpdir(), 'workflows-readme-'));
    deployment = await Deployment.create();
    await deployment.start();
    const { id } = await deployment.tenant([]);
    const { key } = await deployment.operator.post<{ key: string }>(`/v1/tenants/${id}/api-keys`, {
      name: 'readme',
      scopes: ['read', 'write'],
    });
    await mkdir(join(folder, '.data'));
    await writeFile(join(folder, '.data/demo-api-key.json'), JSON.stringify({ key }));
    await writeFile(join(folder, 'hello.json'), block('json hello.json'));
  }, 60_000);

  afterAll(async () => {
    await deployment.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is published, greets the customer and shows its run, by the commands as they stand', async () => {
    const { stdout } = await promisify(execFile)('sh', ['-ec', here(block('sh first-workflow'))], { cwd: folder });
    expect(stdout).toContain('Hello Ana!');
    expect(stdout).toContain('"workflowId":"hello"');
    const [message] = await deployment.sentTo('5511988887777', 1);
    expect(message?.text).toBe('Hello Ana!');
  });

  it('is ten lines long', () => {
    expect(block('json hello.json').trim().split('\n').length).toBeLessThanOrEqual(10);
  });

  /** All fenced blocks with this label, in order. */
  function block(label: string): string {
    const blocks = [...readme.matchAll(new RegExp(`^\`\`\`${label.replace('.', '[.]')}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
      ([, content]) => content ?? '',
    );
    expect(blocks.length).toBeGreaterThan(0);
    return blocks.join('\n');
  }

  function here(commands: string): string {
    const emulator = new URL(deployment.environment.META_GRAPH_URL ?? '').host;
    return commands.replaceAll('localhost:3000', new URL(deployment.url).host).replaceAll('localhost:3900', emulator);
  }
});
