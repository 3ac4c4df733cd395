import { describe, expect, it } from '@jest/globals';
import { graphOf, nodeOf } from './__fixtures__/graph.js';
import { CONTEXT, Player, START } from './__fixtures__/player.js';
import { plusMs } from './instant.js';
import { scopeOf } from './scope.js';
import type { ExecutionContext } from './context.js';
import { stepKey } from './step-key.js';

const MINUTE = 60_000;

function windowMinutes(conversation: Partial<NonNullable<ExecutionContext['conversation']>>, at: string): unknown {
  const player = new Player(graphOf([nodeOf('first')]));
  const known = { id: 'v1', channel: 'whatsapp', connection: 'main', lastInboundAt: START, ...conversation };
  player.start({ context: { ...CONTEXT, conversation: known } });
  return scopeOf(player.graph, player.state, null, at).conversation?.['windowMinutes'];
}

describe('the scope of a step', () => {
  it('knows how long free text may still be sent', () => {
    expect(windowMinutes({}, START)).toBe(1440);
    expect(windowMinutes({}, plusMs(START, 90.5 * MINUTE))).toBe(1349);
    expect(windowMinutes({}, plusMs(START, 25 * 60 * MINUTE))).toBe(0);
    expect(windowMinutes({ lastInboundAt: null }, START)).toBe(0);
    expect(windowMinutes({ windowHours: null, lastInboundAt: null }, START)).toBe(1440);
  });

  it('has no contact and no conversation where the run has none', () => {
    const player = new Player(graphOf([nodeOf('first')]));
    player.start({ context: { tenant: CONTEXT.tenant } });
    expect(Object.keys(scopeOf(player.graph, player.state, null, START))).toEqual(['event', 'vars', 'steps', 'run', 'tenant']);
  });

  it('names the step by a key that only another visit changes', () => {
    const player = new Player(graphOf([nodeOf('first', { ports: { next: 'first' } })]));
    player.start();
    const first = scopeOf(player.graph, player.state, player.state.tokens[0]!, START).step;
    player.answer({ kind: 'done' });
    const second = scopeOf(player.graph, player.state, player.state.tokens[0]!, START).step;
    expect(first).toEqual({ idempotencyKey: stepKey('run-1', 'first', 1), visit: 1, attempt: 1 });
    expect(second).toEqual({ idempotencyKey: stepKey('run-1', 'first', 2), visit: 2, attempt: 1 });
    expect(first?.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
  });
});
