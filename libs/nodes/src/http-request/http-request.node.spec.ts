import { describe, expect, it } from '@jest/globals';
import type { EffectResult, HttpEffect, NodeOutcome } from '@workflows/core';
import { contextOf, NOW } from '../__fixtures__/context.js';
import type { HttpRequestConfig } from './http-request.config.js';
import { HttpRequestNode } from './http-request.node.js';
import { retryAfterMs } from './retry-after.js';

const node = new HttpRequestNode();
const URL_ = 'https://api.example.com/leads';

function requestOf(config: Partial<HttpRequestConfig>): HttpEffect {
  const outcome = node.run({ config: { method: 'POST', url: URL_, ...config }, fields: {} }, contextOf({ timeoutMs: 5000 }));
  const effect = outcome.kind === 'waiting' ? outcome.effects?.[0] : undefined;
  if (effect?.kind !== 'http') throw new Error('Expected one http effect');
  return effect;
}

function settle(config: Partial<HttpRequestConfig>, result: EffectResult): NodeOutcome {
  return node.resume(
    { config: { method: 'POST', url: URL_, ...config }, fields: {} },
    contextOf(),
    { type: 'effect', at: NOW, result },
    undefined,
  );
}

const answered = (status: number, headers: Record<string, string> = {}): EffectResult => ({
  outcome: 'done',
  data: { status, headers, body: { ok: 1 } },
});
const timeout = { code: 'timeout', kind: 'retryable', message: 'no answer' } as const;

describe('http.request', () => {
  it('hands over one request and waits for its result', () => {
    expect(requestOf({ body: { a: 1 }, query: { q: 'x y' }, credential: 'crm', headers: { 'X-Trace': '1' } })).toEqual({
      kind: 'http',
      method: 'POST',
      url: 'https://api.example.com/leads?q=x+y',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k'.repeat(32), 'x-trace': '1' },
      body: '{"a":1}',
      credential: 'crm',
      safety: 'unsafe',
      response: 'json',
      timeoutMs: 5000,
    });
  });

  it.each([
    ['GET', undefined, 'read', false],
    ['HEAD', undefined, 'read', false],
    ['PUT', undefined, 'idempotent', true],
    ['DELETE', undefined, 'idempotent', true],
    ['PATCH', undefined, 'unsafe', true],
    ['POST', 'read', 'read', false],
    ['GET', 'unsafe', 'unsafe', true],
  ] as const)('%s with effect %s is %s', (method, effect, safety, keyed) => {
    const request = requestOf({ method, effect });
    expect(request.safety).toBe(safety);
    expect('idempotency-key' in request.headers).toBe(keyed);
  });

  it('writes forms and texts', () => {
    expect(requestOf({ bodyType: 'form', body: { a: 1, b: ['x', 'y&z'], c: null } }).body).toBe('a=1&b=x&b=y%26z&c=');
    expect(requestOf({ bodyType: 'text', body: 'plain' })).toMatchObject({
      body: 'plain',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
  });

  it.each<[string, Partial<HttpRequestConfig>]>([
    ['an address without a host', { url: 'leads' }],
    ['another protocol', { url: 'file:///etc/passwd' }],
    ['a password in the address', { url: 'https://user:secret@example.com' }],
    ['a line break in a header', { headers: { a: 'x\r\nhost: evil' } }],
    ['a form that is no object', { bodyType: 'form', body: [1] }],
  ])('refuses %s without showing it', (_what, config) => {
    expect(() => requestOf(config)).toThrow('expr.failed');
    expect(() => requestOf(config)).not.toThrow('secret');
  });

  it('gives status, headers and body of a good answer', () => {
    expect(settle({}, answered(201, { etag: 'x' }))).toEqual({
      kind: 'done',
      output: { status: 201, headers: { etag: 'x' }, body: { ok: 1 } },
    });
  });

  it.each([
    ['unsafe', 429, 'retryable'],
    ['unsafe', 503, 'retryable'],
    ['unsafe', 500, 'terminal'],
    ['idempotent', 500, 'retryable'],
    ['read', 502, 'retryable'],
    ['read', 404, 'terminal'],
    ['read', 302, 'terminal'],
  ] as const)('after an %s call, %i is %s', (effect, status, kind) => {
    expect(settle({ effect }, answered(status))).toMatchObject({ kind: 'failed', failure: { code: `http.${status}`, kind } });
  });

  it('obeys Retry-After in seconds and as a date', () => {
    expect(settle({}, answered(503, { 'retry-after': '7' }))).toMatchObject({ failure: { retryAfterMs: 7000 } });
    expect(retryAfterMs('Mon, 02 Mar 2026 17:00:30 GMT', NOW)).toBe(30_000);
    expect(retryAfterMs('Mon, 02 Mar 2026 16:00:00 GMT', NOW)).toBe(0);
    expect([retryAfterMs('soon', NOW), retryAfterMs(undefined, NOW)]).toEqual([null, null]);
  });

  it('repeats a call in doubt only when that does no harm', () => {
    const unknown: EffectResult = { outcome: 'unknown', failure: { ...timeout, kind: 'terminal' } };
    expect(settle({ effect: 'idempotent' }, unknown)).toMatchObject({ failure: { code: 'timeout', kind: 'retryable' } });
    expect(settle({ effect: 'unsafe' }, unknown)).toMatchObject({
      failure: { code: 'effect.unknown', kind: 'terminal', details: { cause: 'timeout' } },
    });
  });

  it('passes on a call that surely did nothing', () => {
    const refused = { code: 'network', kind: 'retryable', message: 'refused' } as const;
    expect(settle({ effect: 'unsafe' }, { outcome: 'failed', failure: refused })).toEqual({ kind: 'failed', failure: refused });
  });
});
