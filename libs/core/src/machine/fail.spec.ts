import { describe, expect, it } from '@jest/globals';
import type { Failure } from '../failure.js';
import type { CompiledNode, RetryPolicy } from '../graph/compiled-graph.js';
import { graphOf, nodeOf, specOf } from './__fixtures__/graph.js';
import { Player } from './__fixtures__/player.js';
import { nextDue } from './due.js';
import { pauseMs } from './retry.js';

const policy: RetryPolicy = { maxAttempts: 3, intervalMs: 1000, backoff: 2, maxIntervalMs: 60_000, jitter: 'none' };
const busy: Failure = { code: 'http.503', kind: 'retryable', message: 'busy' };
const gone: Failure = { code: 'http.410', kind: 'terminal', message: 'gone' };

function playing(node: Partial<CompiledNode>, graph: Parameters<typeof graphOf>[1] = {}): Player {
  const player = new Player(graphOf([nodeOf('first', node), nodeOf('own'), nodeOf('fallback')], graph));
  player.start();
  return player;
}

describe('a failed attempt', () => {
  it('is tried again after its pause, with the same step and key', () => {
    const keys: unknown[] = [];
    const player = playing({
      retry: policy,
      render: (scope) => {
        keys.push(scope.step?.idempotencyKey, scope.run?.now);
        return { config: {}, fields: {} };
      },
    });
    player.answer({ kind: 'failed', failure: busy });
    expect(nextDue(player.state)).toBe('2026-03-02T17:00:01.000Z');
    expect(player.state.status).toBe('waiting');
    player.pass(1000);
    expect(player.last('run')).toMatchObject({ step: 1, attempt: 2 });
    expect(keys.slice(0, 2)).toEqual(keys.slice(2, 4));
  });

  it('is given up after maxAttempts, the first one included', () => {
    const player = playing({ retry: policy });
    player.answer({ kind: 'failed', failure: busy });
    player.pass(1000);
    player.answer({ kind: 'failed', failure: busy });
    player.pass(2000);
    player.answer({ kind: 'failed', failure: busy });
    expect(player.state).toMatchObject({ status: 'failed', error: { code: 'http.503', node: 'first' } });
  });

  it('is not tried again when its kind is terminal, even under a code that usually is', () => {
    const player = playing({ retry: policy });
    player.answer({ kind: 'failed', failure: { ...busy, code: 'http.500', kind: 'terminal' } });
    expect(player.state.status).toBe('failed');
  });

  it('is tried again for what the author names, and only for that', () => {
    const named = playing({ retry: { ...policy, on: ['http.4xx'] } });
    named.answer({ kind: 'failed', failure: gone });
    expect(named.state.tokens[0]?.phase.kind).toBe('retrying');
    const unnamed = playing({ retry: { ...policy, on: ['http.4xx'] } });
    unnamed.answer({ kind: 'failed', failure: busy });
    expect(unnamed.state.status).toBe('failed');
  });

  it('waits as long as the other side asked for', () => {
    const player = playing({ retry: policy });
    player.answer({ kind: 'failed', failure: { ...busy, retryAfterMs: 45_000 } });
    expect(nextDue(player.state)).toBe('2026-03-02T17:00:45.000Z');
  });

  it('becomes a timeout when the next try would come after the deadline', () => {
    const player = playing({ retry: policy, deadlineMs: 30_000 });
    player.answer({ kind: 'failed', failure: { ...busy, retryAfterMs: 45_000 } });
    expect(player.state.error).toMatchObject({ code: 'timeout', details: { last: 'http.503' } });
  });

  it('pauses longer each time, up to the longest pause, shortened by full jitter', () => {
    expect([1, 2, 3, 8].map((attempt) => pauseMs(policy, attempt, 0.5))).toEqual([1000, 2000, 4000, 60_000]);
    expect(pauseMs({ ...policy, jitter: 'full' }, 3, 0.25)).toBe(1000);
    expect(pauseMs({ ...policy, jitter: 'full' }, 3, 0, 700)).toBe(700);
  });
});

describe('an error that is left', () => {
  it('goes to the first rule that fits, and is saved there', () => {
    const player = playing(
      {
        retry: { ...policy, maxAttempts: 1 },
        catch: [
          { errors: ['channel.*'], next: 'done' },
          { errors: ['http.5xx'], next: 'own', save: 'problem' },
          { errors: ['*'], next: 'done' },
        ],
      },
      { vars: { problem: { schema: {} } }, defaultCatch: [{ errors: ['*'], next: 'fallback' }] },
    );
    player.answer({ kind: 'failed', failure: busy });
    expect(player.last('run').node).toBe('own');
    expect(player.state.vars).toEqual({ problem: { code: 'http.503', message: 'busy', node: 'first', attempts: 1 } });
  });

  it('goes to defaults.catch when its own rules do not fit', () => {
    const player = playing(
      { catch: [{ errors: ['channel.*'], next: 'own' }] },
      { defaultCatch: [{ errors: ['*'], next: 'fallback' }] },
    );
    player.answer({ kind: 'failed', failure: gone });
    expect(player.last('run').node).toBe('fallback');
  });

  it('is not caught by defaults.catch on its own way, so that it cannot loop', () => {
    const player = playing({}, { defaultCatch: [{ errors: ['*'], next: 'fallback' }] });
    player.answer({ kind: 'failed', failure: gone });
    player.answer({ kind: 'failed', failure: gone });
    expect(player.state).toMatchObject({ status: 'failed', error: { node: 'fallback' } });
  });

  it('is caught by defaults.catch again behind the first waiting node of that way', () => {
    const graph = graphOf(
      [nodeOf('first'), nodeOf('fallback', { spec: specOf('waiting'), ports: { next: 'behind' } }), nodeOf('behind')],
      { defaultCatch: [{ errors: ['*'], next: 'fallback' }] },
    );
    const player = new Player(graph);
    player.start();
    player.answer({ kind: 'failed', failure: gone });
    player.answer({ kind: 'done' });
    player.answer({ kind: 'failed', failure: gone });
    expect(player.last('run').node).toBe('fallback');
  });

  it('is raised by an expression that cannot be computed, too', () => {
    const player = playing({ assign: { a: () => 1 }, catch: [{ errors: ['vars.invalid'], next: 'own' }] });
    player.answer({ kind: 'done' });
    expect(player.last('run').node).toBe('own');
  });
});
