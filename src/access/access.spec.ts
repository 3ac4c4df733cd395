import { describe, expect, it } from '@jest/globals';
import type { AccessRule } from './access.decorators.js';
import { refusalOf } from './access.guard.js';
import { createApiKey, hashOf, parseApiKey, sameSecret } from './api-key.js';
import type { Caller } from './caller.js';
import { FailedAttempts } from './failed-attempts.js';

describe('API keys', () => {
  it('are read back to the prefix and the hash that were stored', () => {
    const { key, prefix, hash } = createApiKey();
    expect(parseApiKey(key)).toEqual({ prefix, hash });
    expect(hash).toBe(hashOf(key));
  });

  it('carry 32 random bytes', () => {
    const secret = createApiKey().key.slice('wf_abcdefghij_'.length);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(createApiKey().key).not.toBe(createApiKey().key);
  });

  it.each([
    '',
    'wf_',
    'wf_abc_def',
    'sk_abcdefghij_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    `${createApiKey().key} `,
    `${createApiKey().key}x`,
  ])('are not read from "%s"', (text) => {
    expect(parseApiKey(text)).toBeNull();
  });

  it('are compared without throwing on another length', () => {
    expect(sameSecret('short', 'a much longer secret')).toBe(false);
    expect(sameSecret('equal', 'equal')).toBe(true);
  });
});

describe('the access guard', () => {
  const callers: Record<string, Caller> = {
    anonymous: { kind: 'anonymous' },
    refused: { kind: 'refused', reason: 'The key is not valid.' },
    blocked: { kind: 'blocked', retryAfterSeconds: 30 },
    hurried: { kind: 'hurried', retryAfterSeconds: 1 },
    operator: { kind: 'operator' },
    reader: { kind: 'tenant', tenantId: 't', keyId: 'k', keyName: 'reader', scopes: ['read'] },
  };
  const rules: Record<string, AccessRule | undefined> = {
    public: { kind: 'public' },
    operator: { kind: 'operator' },
    read: { kind: 'scope', scope: 'read' },
    write: { kind: 'scope', scope: 'write' },
    none: undefined,
  };
  const passes: Record<string, Record<string, number>> = {
    public: { anonymous: 200, refused: 200, blocked: 200, hurried: 200, operator: 200, reader: 200 },
    operator: { anonymous: 401, refused: 401, blocked: 429, hurried: 429, operator: 200, reader: 403 },
    read: { anonymous: 401, refused: 401, blocked: 429, hurried: 429, operator: 403, reader: 200 },
    write: { anonymous: 401, refused: 401, blocked: 429, hurried: 429, operator: 403, reader: 403 },
    none: { anonymous: 401, refused: 401, blocked: 429, hurried: 429, operator: 403, reader: 403 },
  };

  it.each(
    Object.entries(passes).flatMap(([rule, row]) =>
      Object.entries(row).map(([caller, status]) => [rule, caller, status] as const),
    ),
  )('answers rule %s for %s with %i', (rule, caller, status) => {
    expect(refusalOf(rules[rule], callers[caller] ?? { kind: 'anonymous' })?.getStatus() ?? 200).toBe(status);
  });
});

describe('S22: FailedAttempts', () => {
  it('makes an address wait after ten refusals, and only that one', () => {
    let now = 0;
    const attempts = new FailedAttempts(() => now);
    for (let attempt = 0; attempt < 9; attempt += 1) attempts.count('a');
    expect(attempts.waitOf('a')).toBe(0);
    attempts.count('a');
    expect(attempts.waitOf('a')).toBe(60);
    expect(attempts.waitOf('b')).toBe(0);
    now = 61_000;
    expect(attempts.waitOf('a')).toBe(0);
    attempts.count('a');
    expect(attempts.waitOf('a')).toBe(0);
  });

  it('keeps a bounded number of addresses', () => {
    const attempts = new FailedAttempts(() => 0);
    for (let attempt = 0; attempt < 10; attempt += 1) attempts.count('first');
    for (let address = 0; address < 10_000; address += 1) attempts.count(`flood-${address}`);
    expect(attempts.waitOf('first')).toBe(0);
  });
});
