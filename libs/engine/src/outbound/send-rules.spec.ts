import { describe, expect, it } from '@jest/globals';
import { type ChannelCapabilities, type OutboundMessage, windowFailure } from '@workflows/core';
import { retryAfterRefusal } from './send-retry.js';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const capabilities = { windowHours: 24 } as ChannelCapabilities;
const text: OutboundMessage = { type: 'content', text: 'hello' };
const template: OutboundMessage = { type: 'template', name: 'hello', language: 'en', category: 'utility', params: {} };

describe('the window for free text', () => {
  it('is open for 24 hours after the last message of the contact', () => {
    expect(windowFailure(text, capabilities, '2026-03-01T12:00:01Z', NOW)).toBeNull();
    expect(windowFailure(text, capabilities, '2026-03-01T12:00:00Z', NOW)).toMatchObject({
      code: 'channel.window_closed',
      kind: 'terminal',
    });
  });

  it('is closed for a contact who never wrote', () => {
    expect(windowFailure(text, capabilities, null, NOW)).toMatchObject({ code: 'channel.window_closed' });
  });

  it('does not concern templates, nor channels without such a rule', () => {
    expect(windowFailure(template, capabilities, null, NOW)).toBeNull();
    expect(windowFailure(text, { ...capabilities, windowHours: null }, null, NOW)).toBeNull();
  });
});

describe('a refused send', () => {
  const throttled = { code: 'channel.throttled', kind: 'retryable', message: 'too fast' } as const;

  it('is not tried again when trying cannot help', () => {
    expect(retryAfterRefusal({ ...throttled, kind: 'terminal' }, 1, 0.5)).toBeNull();
  });

  it('waits longer each time, up to a minute, and gives up in the end', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7].map((attempt) => retryAfterRefusal(throttled, attempt, 1));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
    expect(retryAfterRefusal(throttled, 8, 1)).toBeNull();
  });

  it('never comes back before the provider said', () => {
    expect(retryAfterRefusal({ ...throttled, retryAfterMs: 30_000 }, 1, 0)).toBe(30_000);
  });
});
