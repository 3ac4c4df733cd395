import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Config, ConfigurationInvalid, environment } from './config.js';

const SECRETS = ['DATABASE_URL', 'META_APP_SECRET', 'META_VERIFY_TOKEN', 'OPERATOR_API_KEY', 'SECRETS_KEY'];

const complete = (): Record<string, string> => ({
  DATABASE_URL: 'postgres://engine:secret@localhost:5432/workflows',
  META_APP_SECRET: 'app-secret-of-tests',
  META_VERIFY_TOKEN: 'verify-me',
  OPERATOR_API_KEY: 'operator-key-of-the-tests',
  SECRETS_KEY: randomBytes(32).toString('base64'),
});

describe('Config', () => {
  it('fills in everything that is no secret', () => {
    const { values } = Config.from(complete());
    expect(values).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      ROLE: 'all',
      META_GRAPH_VERSION: 'v26.0',
      LEASE: 30_000,
      TEST_CLOCK: false,
    });
  });

  it('names every missing secret at once, with its remedy', () => {
    const problems = problemsOf({});
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([...SECRETS].sort());
    for (const problem of problems) expect(problem).toMatch(/ is missing\. \w/);
  });

  it.each(SECRETS)('refuses to start without %s', (name) => {
    const problems = problemsOf({ ...complete(), [name]: ' ' });
    expect(problems).toEqual([expect.stringMatching(`^${name} is missing\\. `)]);
  });

  it('reports every kind of mistake in one go and repeats no value', () => {
    const wrong = {
      DATABASE_URL: 'mysql://canary@localhost',
      META_APP_SECRET: 'canary',
      META_VERIFY_TOKEN: 'canary',
      OPERATOR_API_KEY: 'canary',
      SECRETS_KEY: 'canary',
      PORT: 'canary',
      ROLE: 'canary',
      LEASE: 'canary',
      REDIS_URL: 'http://canary',
      META_GRAPH_URL: 'canary',
      CLAIM_BATCH: '0',
      TEST_CLOCK: 'true',
      DATABASE_MIGRATE_URL: 'canary',
    };
    const problems = problemsOf(wrong);
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual(Object.keys(wrong).sort());
    expect(problems.join('\n')).not.toContain('canary');
  });

  it('takes several app secrets and a ring of keys', () => {
    const values = Config.from({
      ...complete(),
      META_APP_SECRET: 'first-app-secret-1, second-app-secret',
      SECRETS_KEY: `new:${randomBytes(32).toString('base64')},old:${randomBytes(32).toString('base64')}`,
    }).values;
    expect(values.META_APP_SECRET).toEqual(['first-app-secret-1', 'second-app-secret']);
    expect(values.SECRETS_KEY.currentId).toBe('new');
  });

  it('refuses a test clock in production, also when NODE_ENV is not set', () => {
    const clock = { ...complete(), TEST_CLOCK: 'true', DATABASE_MIGRATE_URL: 'postgres://owner@localhost/workflows' };
    expect(problemsOf(clock)).toEqual([expect.stringContaining('TEST_CLOCK is true in production')]);
    expect(Config.from({ ...clock, NODE_ENV: 'test' }).values.TEST_CLOCK).toBe(true);
    expect(problemsOf({ ...complete(), TEST_CLOCK: 'true', NODE_ENV: 'test' })).toEqual([
      expect.stringContaining('TEST_CLOCK needs DATABASE_MIGRATE_URL'),
    ]);
  });

  it('lists the same variables as .env.example', () => {
    const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
    const listed = [...example.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]);
    expect(listed.sort()).toEqual(Object.keys(environment.shape).sort());
  });

  it('shows in .env.example only values that it accepts', () => {
    const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
    const shown = Object.fromEntries([...example.matchAll(/^#([A-Z][A-Z_]+)=(.+)$/gm)].map((match) => [match[1], match[2]]));
    expect(Config.from({ ...shown, ...complete() }).values.UNKNOWN_SEND_WAIT).toBe(90_000);
  });
});

function problemsOf(variables: Record<string, string>): string[] {
  try {
    Config.from(variables);
  } catch (error) {
    if (error instanceof ConfigurationInvalid) return error.problems;
  }
  return [];
}
