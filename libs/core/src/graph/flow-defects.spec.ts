import { describe, expect, it } from '@jest/globals';
import type { Json } from '../json.js';
import { findingsOf, rowOf, type Seeded, shown } from './__fixtures__/seeded.js';

const rule = (...errors: string[]): Json => ({ errors, next: 'end_done' });

const CATCHES: Seeded[] = [
  [
    'a refusal that a queued send never learns',
    'hello',
    '/nodes/greet/catch',
    [rule('channel.throttled')],
    'flow.catch_unreachable',
    '/nodes/greet/catch/0',
  ],
  [
    'an unknown result that a queued send never learns',
    'hello',
    '/nodes/greet/catch',
    [rule('effect.unknown')],
    'flow.catch_unreachable',
    '/nodes/greet/catch/0',
  ],
  [
    'one such pattern among others',
    'hello',
    '/nodes/greet/catch',
    [rule('channel.invalid', 'channel.capped')],
    'flow.catch_unreachable',
    '/nodes/greet/catch/0/errors/1',
  ],
  [
    'a send that is made to be queued',
    'learns-of-refusal',
    '/nodes/tell/with/await',
    'queued',
    'flow.catch_unreachable',
    '/nodes/tell/catch/0',
  ],
  [
    'a template that is made to be queued',
    'order-ready',
    '/nodes/tell/with/await',
    'queued',
    'flow.catch_unreachable',
    '/nodes/tell/catch/0',
  ],
  [
    'a rule behind one for everything',
    'apology',
    '/nodes/sorry/catch',
    [rule('*'), rule('channel.invalid')],
    'flow.catch_unreachable',
    '/nodes/sorry/catch/1',
  ],
  [
    'a rule behind its family',
    'careful-retries',
    '/nodes/create/catch',
    [rule('http.4xx'), rule('http.404')],
    'flow.catch_unreachable',
    '/nodes/create/catch/1',
  ],
  [
    'a family behind itself',
    'careful-retries',
    '/nodes/create/catch',
    [rule('http.*'), rule('http.5xx')],
    'flow.catch_unreachable',
    '/nodes/create/catch/1',
  ],
  [
    'a pattern twice',
    'careful-retries',
    '/nodes/create/catch',
    [rule('timeout'), rule('timeout', 'network')],
    'flow.catch_unreachable',
    '/nodes/create/catch/1/errors/0',
  ],
  [
    'a message of a call',
    'careful-retries',
    '/nodes/create/catch',
    [rule('channel.window_closed')],
    'flow.catch_unreachable',
    '/nodes/create/catch/0',
  ],
  ['an answer of a message', 'learns-of-refusal', '/nodes/tell/catch/0', rule('http.429'), 'flow.catch_unreachable'],
  [
    'a network that a condition does not use',
    'scores',
    '/nodes/grade/catch',
    [{ errors: ['network'], next: 'low' }],
    'flow.catch_unreachable',
    '/nodes/grade/catch/0',
  ],
  [
    'the ceiling of a run',
    'apology',
    '/nodes/sorry/catch',
    [rule('limit.steps')],
    'flow.catch_unreachable',
    '/nodes/sorry/catch/0',
  ],
  ['the ceiling of a run, for the document', 'apology', '/defaults/catch/0', rule('limit.duration'), 'flow.catch_unreachable'],
  [
    'a rule behind everything, for the document',
    'apology',
    '/defaults/catch',
    [rule('*'), { errors: ['http.*'], next: 'sorry' }],
    'flow.catch_unreachable',
    '/defaults/catch/1',
  ],
];

const REACHED: Seeded[] = [
  [
    'a window that closes while a message is queued',
    'hello',
    '/nodes/greet/catch',
    [rule('channel.window_closed', 'channel.opted_out')],
    '',
  ],
  ['a family of which one error is known before', 'hello', '/nodes/greet/catch', [rule('channel.*')], ''],
  ['the prompt of a question', 'nudge-once', '/nodes/nudge/catch', [rule('channel.undeliverable', 'effect.unknown')], ''],
  [
    'a narrow rule before a wide one',
    'careful-retries',
    '/nodes/create/catch',
    [rule('http.404'), rule('http.4xx'), rule('http.*'), rule('*')],
    '',
  ],
  ['an expression that fails in a condition', 'scores', '/nodes/grade/catch', [{ errors: ['expr.failed'], next: 'low' }], ''],
];

const CALLS: Seeded[] = [
  ['a retry of a payment', 'careful-retries', '/nodes/charge/retry', { maxAttempts: 3 }, 'flow.retry_unsafe'],
  [
    'a retry of a payment on every error',
    'careful-retries',
    '/nodes/charge/retry/on',
    ['*'],
    'flow.retry_unsafe',
    '/nodes/charge/retry',
  ],
  [
    'a retry on a lost connection',
    'careful-retries',
    '/nodes/charge/retry/on',
    ['http.429', 'network'],
    'flow.retry_unsafe',
    '/nodes/charge/retry',
  ],
  [
    'a call that is no longer idempotent',
    'careful-retries',
    '/nodes/create/with/effect',
    undefined,
    'flow.retry_unsafe',
    '/nodes/create/retry',
  ],
  [
    'a removal that is said to be unsafe',
    'careful-retries',
    '/nodes/drop/with/effect',
    'unsafe',
    'flow.retry_unsafe',
    '/nodes/drop/retry',
  ],
  [
    'a change of part of a record',
    'careful-retries',
    '/nodes/drop/with/method',
    'PATCH',
    'flow.retry_unsafe',
    '/nodes/drop/retry',
  ],
];

const LIMITS: Seeded[] = [
  ['more steps than the plan has', 'hello', '/limits', { maxSteps: 1001 }, 'limit.cap', '/limits/maxSteps'],
  ['a longer life than the plan has', 'hello', '/limits', { maxDuration: 'P61D' }, 'limit.cap', '/limits/maxDuration'],
  ['more messages than the plan has', 'hello', '/limits', { maxSends: 201 }, 'limit.cap', '/limits/maxSends'],
  ['more tokens than the plan has', 'hello', '/limits', { maxTokens: 200_001 }, 'limit.cap', '/limits/maxTokens'],
  ['more money than the plan has', 'hello', '/limits', { maxCostUsd: 5.01 }, 'limit.cap', '/limits/maxCostUsd'],
  ['a wait longer than a run lives', 'long-wait', '/nodes/pause/with/duration', 'P31D', 'limit.duration', '/nodes/pause'],
  ['a life shorter than a wait', 'long-wait', '/limits', { maxDuration: 'PT47H' }, 'limit.duration', '/nodes/pause'],
  ['a silence longer than a run lives', 'ask-by-template', '/limits', { maxDuration: 'P2D' }, 'limit.duration', '/nodes/remind'],
  [
    'a day that comes too late',
    'follow-up-by-template',
    '/nodes/morning/with/local/addDays',
    40,
    'limit.duration',
    '/nodes/morning',
  ],
];

describe.each([
  ['catch_unreachable', CATCHES],
  ['retry_unsafe', CALLS],
  ['limits', LIMITS],
])('family flow and limit: %s', (_code, defects) => {
  it.each(defects.map(rowOf))('finds $what', (row) => {
    expect(findingsOf(row).map(shown)).toContain(`${row.code} ${row.path}`);
  });
});

describe('no defect', () => {
  it.each(REACHED.map(rowOf))('is $what', (row) => {
    expect(findingsOf(row)).toEqual([]);
  });

  it('is a long wait as such: it only warns', () => {
    const row = rowOf(['', 'long-wait', '/nodes/pause/with/duration', 'P31D', '']);
    expect(findingsOf(row).map(({ severity }) => severity)).toEqual(['warning']);
  });
});
