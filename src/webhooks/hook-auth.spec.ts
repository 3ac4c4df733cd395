import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type HookAuth, provesSender } from './hook-auth.js';

const SECRET = 'the-secret-of-the-hook';
const NOW = Date.parse('2026-03-02T14:00:00Z');
const body = Buffer.from('{ "order": 42 }');
const sign = (bytes: string | Buffer, encoding: 'hex' | 'base64' = 'hex'): string =>
  createHmac('sha256', SECRET).update(bytes).digest(encoding);

const hmac: HookAuth = { type: 'hmac', secret: 'crm', header: 'X-Signature', prefix: 'sha256=', toleranceMs: 300_000 };
const prove = (auth: HookAuth, headers: Record<string, string>, rawBody = body): boolean =>
  provesSender(auth, SECRET, { headers, rawBody }, NOW);

describe('provesSender', () => {
  it('accepts the signature of exactly these bytes', () => {
    expect(prove(hmac, { 'x-signature': `sha256=${sign(body)}` })).toBe(true);
  });

  it.each([
    ['no header', {}],
    ['an empty header', { 'x-signature': '' }],
    ['a missing prefix', { 'x-signature': sign(body) }],
    ['the signature of other bytes', { 'x-signature': `sha256=${sign('{"order":42}')}` }],
    ['a signature that is cut off', { 'x-signature': `sha256=${sign(body).slice(0, 40)}` }],
    ['something that is no hex', { 'x-signature': 'sha256=zz' }],
  ])('refuses %s', (_case, headers: Record<string, string>) => {
    expect(prove(hmac, headers)).toBe(false);
  });

  it('reads base64 where the trigger says so', () => {
    expect(prove({ ...hmac, encoding: 'base64' }, { 'x-signature': `sha256=${sign(body, 'base64')}` })).toBe(true);
  });

  it('signs the timestamp along, and refuses an old one', () => {
    const auth: HookAuth = { ...hmac, timestampHeader: 'X-Time' };
    const at = (seconds: number): Record<string, string> => ({
      'x-time': String(seconds),
      'x-signature': `sha256=${sign(`${seconds}.${body.toString()}`)}`,
    });
    expect(prove(auth, at(NOW / 1000))).toBe(true);
    expect(prove(auth, at(NOW / 1000 - 301))).toBe(false);
    expect(prove(auth, { 'x-signature': `sha256=${sign(body)}` })).toBe(false);
  });

  it('compares tokens whole', () => {
    const auth: HookAuth = { type: 'token', secret: 'crm', header: 'x-token' };
    expect(prove(auth, { 'x-token': SECRET })).toBe(true);
    expect(prove(auth, { 'x-token': SECRET.slice(1) })).toBe(false);
    expect(prove(auth, {})).toBe(false);
  });

  it('opens no door with an empty secret', () => {
    expect(
      provesSender({ type: 'token', secret: 'crm', header: 'x-token' }, '', { headers: { 'x-token': '' }, rawBody: body }, NOW),
    ).toBe(false);
  });

  it('lets everybody in only where the trigger says so', () => {
    expect(prove({ type: 'none' }, {})).toBe(true);
  });
});
