import { describe, expect, it } from '@jest/globals';
import { terminal } from '../failure.js';
import type { CompiledTrigger } from '../graph/compiled-graph.js';
import type { JsonObject } from '../json.js';
import { graphOf, nodeOf, specOf, triggerOf } from '../machine/__fixtures__/graph.js';
import { Player, START } from '../machine/__fixtures__/player.js';
import type { LiveRun } from './live-run.js';
import { nextAdmitted, sessionKey, startTurn, successors } from './session.js';

type OnActive = CompiledTrigger['session']['onActive'];

/** Webhooks with the same order belong together. */
const hook = (onActive: OnActive, debounceMs = 0): CompiledTrigger =>
  triggerOf('hook', {
    type: 'webhook',
    session: {
      key: ({ event }) => {
        if (typeof event?.['order'] !== 'string') throw terminal('expr.failed', 'no such key');
        return event['order'];
      },
      onActive,
      debounceMs,
      maxDebounceMs: debounceMs * 4,
    },
  });

interface Options {
  onActive?: OnActive;
  queued?: true;
  of?: string;
  debounceMs?: number;
}

function player(id: string, order: string, { onActive = 'queue', queued, of = 'orders', debounceMs = 0 }: Options = {}) {
  const trigger = hook(onActive, debounceMs);
  const made = new Player(graphOf([nodeOf('first', { spec: specOf('waiting') })], { workflow: of, triggers: { hook: trigger } }));
  made.start({ executionId: id, trigger: 'hook', event: { order }, ...(queued === undefined ? {} : { queued }) });
  return made;
}

const live = ({ state, graph }: Player): LiveRun => ({ state, graph });
const run = (...given: Parameters<typeof player>): LiveRun => live(player(...given));

const turn = (runs: LiveRun[], onActive: OnActive, event: JsonObject = { order: 'a' }) =>
  startTurn(runs, { workflow: 'orders', trigger: hook(onActive), event });

describe('an event that comes from no channel', () => {
  it('starts a run while no run of its session is alive', () => {
    const others = [run('1', 'b'), run('2', 'a', { of: 'invoices' })];
    expect(turn(others, 'resume')).toEqual({ to: 'start', cancel: [] });
    expect(turn([run('1', 'a')], 'resume', {})).toEqual({ to: 'start', cancel: [] });
  });

  it.each<[OnActive, object]>([
    ['resume', { to: 'consumed', executionId: '1', why: 'active' }],
    ['ignore', { to: 'consumed', executionId: '1', why: 'ignored' }],
    ['restart', { to: 'start', cancel: ['1'] }],
    ['queue', { to: 'start', cancel: [], queued: true }],
  ])('does what its session says while one is alive: %s', (onActive, expected) => {
    expect(turn([run('1', 'a')], onActive)).toEqual(expected);
  });

  it('waits for its turn behind at most ten others', () => {
    const waiting = (count: number) => Array.from({ length: count }, (_, index) => run(`q${index}`, 'a', { queued: true }));
    expect(turn([run('1', 'a'), ...waiting(9)], 'queue')).toMatchObject({ to: 'start', queued: true });
    expect(turn([run('1', 'a'), ...waiting(10)], 'queue')).toEqual({ to: 'consumed', executionId: '1', why: 'full' });
  });

  it('joins the burst that a run of its session gathers', () => {
    const gathering = run('1', 'a', { debounceMs: 3000 });
    expect(turn([gathering], 'queue')).toEqual({ to: 'gather', executionId: '1' });
    expect(turn([gathering], 'queue', { order: 'b' })).toEqual({ to: 'start', cancel: [] });
  });

  it('has no key where its expression fails', () => {
    expect([sessionKey(hook('queue'), { order: 'a' }), sessionKey(hook('queue'), {})]).toEqual(['a', null]);
  });
});

describe('the turn in a session', () => {
  const idOf = (found: LiveRun | null): string | null => found?.state.id ?? null;

  it('comes when no other run of it is alive, to the one that has waited longest', () => {
    const waiting = [run('2', 'a', { queued: true }), run('3', 'a', { queued: true })];
    expect(idOf(nextAdmitted([run('1', 'a'), ...waiting]))).toBeNull();
    expect(idOf(nextAdmitted([run('1', 'b'), ...waiting]))).toBe('2');
  });

  it('comes in each session by itself', () => {
    expect(idOf(nextAdmitted([run('1', 'a'), run('2', 'a', { queued: true }), run('3', 'b', { queued: true })]))).toBe('3');
  });

  it('is kept for a run that an operator has paused', () => {
    const paused = player('2', 'a', { queued: true });
    paused.give({ type: 'ordered', at: START, order: { type: 'pause' } });
    expect(nextAdmitted([live(paused), run('3', 'a', { queued: true })])).toBeNull();
    paused.give({ type: 'ordered', at: START, order: { type: 'resume' } });
    expect(idOf(nextAdmitted([live(paused), run('3', 'a', { queued: true })]))).toBe('2');
  });

  it('is not given back to a run that failed, once another has it', () => {
    const failed = run('1', 'a');
    expect(successors(failed, [failed, run('2', 'b')])).toEqual([]);
    expect(successors(failed, [failed, run('2', 'a')]).map(({ state }) => state.id)).toEqual(['2']);
  });
});
