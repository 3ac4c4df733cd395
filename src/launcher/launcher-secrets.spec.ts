import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generatedSecrets, givenSecrets } from './launcher-secrets.js';

describe('the secrets of a start', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'workflows-secrets-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('are made once and readable by their owner alone', async () => {
    const made = await generatedSecrets(directory);
    expect(await generatedSecrets(directory)).toEqual(made);
    expect((await stat(join(directory, 'secrets.json'))).mode & 0o777).toBe(0o600);
  });

  it('are not made anew over a file that cannot be read', async () => {
    await writeFile(join(directory, 'secrets.json'), '{}');
    await expect(generatedSecrets(directory)).rejects.toThrow('is damaged. Restore it');
    expect(await readFile(join(directory, 'secrets.json'), 'utf8')).toBe('{}');
  });

  it('must all be given with a database of somebody else', () => {
    expect(() => givenSecrets({ OPERATOR_API_KEY: 'short', META_VERIFY_TOKEN: 'long-enough' })).toThrow(
      'Missing or too short: OPERATOR_API_KEY, SECRETS_KEY, META_APP_SECRET.',
    );
  });
});
