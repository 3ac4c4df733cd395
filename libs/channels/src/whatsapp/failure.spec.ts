import { describe, expect, it } from '@jest/globals';
import { failureOfError, readRefusal } from './failure.js';

const refusal = (status: number, code: number) =>
  readRefusal(status, { error: { code, message: `(#${code}) to +5511999990001`, fbtrace_id: 'A1' } });

describe('a refusal by the Cloud API', () => {
  it.each([
    [131047, 400, 'channel.window_closed', 'terminal'],
    [131056, 400, 'channel.throttled', 'retryable'],
    [130429, 400, 'channel.throttled', 'retryable'],
    [80007, 400, 'channel.throttled', 'retryable'],
    [131048, 400, 'channel.auth', 'terminal'],
    [131026, 400, 'channel.undeliverable', 'terminal'],
    [131050, 400, 'channel.opted_out', 'terminal'],
    [131049, 400, 'channel.capped', 'terminal'],
    [131062, 400, 'channel.unsupported', 'terminal'],
    [132001, 404, 'channel.template', 'terminal'],
    [132099, 400, 'channel.template', 'terminal'],
    [100, 400, 'channel.invalid', 'terminal'],
    [190, 401, 'channel.auth', 'terminal'],
    [230, 403, 'channel.auth', 'terminal'],
    [3, 500, 'channel.auth', 'terminal'],
    [131045, 500, 'channel.auth', 'terminal'],
    [133000, 500, 'channel.auth', 'terminal'],
    [131057, 500, 'channel.throttled', 'retryable'],
    [1, 400, 'channel.throttled', 'retryable'],
    [999999, 400, 'channel.invalid', 'terminal'],
  ])('reads code %i with HTTP %i as %s, %s', (code, status, ours, kind) => {
    expect(refusal(status, code)).toMatchObject({ failure: { code: ours, kind, details: { code, trace: 'A1' } } });
  });

  it.each([
    [131000, 500],
    [131016, 500],
    [2, 503],
    [133004, 503],
    [999999, 500],
  ])('cannot be told from a success by code %i with HTTP %i', (code, status) => {
    expect(refusal(status, code)).toEqual({ unknown: expect.stringContaining(String(code)) });
  });

  it.each([
    [502, '<html>'],
    [404, 'not found'],
    [429, {}],
    [500, undefined],
    [400, { error: 'text' }],
  ])('proves nothing with HTTP %i and no error object', (status, body) => {
    expect(readRefusal(status, body)).toHaveProperty('unknown');
  });

  it("does not repeat Meta's prose, which may name the recipient", () => {
    expect(JSON.stringify(refusal(400, 131026))).not.toContain('5511999990001');
  });

  it('is readable when a failed receipt has no error at all', () => {
    expect(failureOfError({})).toMatchObject({ code: 'channel.invalid', kind: 'terminal' });
  });
});
