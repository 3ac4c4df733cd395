import { describe, expect, it } from '@jest/globals';
import { terminal } from '../failure.js';
import type { CompiledNode } from '../graph/compiled-graph.js';
import { graphOf, nodeOf, specOf } from './__fixtures__/graph.js';
import { Player, START } from './__fixtures__/player.js';
import { foreachOf, joinOf } from './__fixtures__/regions.js';
import { decide } from './decide.js';
import { nextDue, pendingCommands } from './due.js';
import { plusMs } from './instant.js';
import type { NodeOutcome } from './outcome.js';
import { replay } from './replay.js';

const fails: NodeOutcome = { kind: 'failed', failure: terminal('http.410', 'gone').failure };
const failsForNow: NodeOutcome = { kind: 'failed', failure: { code: 'http.503', kind: 'retryable', message: 'busy' } };
const retry = { maxAttempts: 2, intervalMs: 1000, backoff: 2, maxIntervalMs: 60_000, jitter: 'none' } as const;

function undo(of: string, overrides: Partial<CompiledNode> = {}): CompiledNode {
  return nodeOf(`${of}.compensate`, {
    ports: {},
    retry,
    render: ({ output, vars }) => ({ config: { undo: output ?? null, at: vars?.['place'] ?? null }, fields: {} }),
    ...overrides,
  });
}

/** Two steps that can be undone, and one that cannot. */
function travel(second: Partial<CompiledNode> = {}): Player {
  const player = new Player(
    graphOf(
      [
        nodeOf('flight', { ports: { next: 'hotel' }, compensation: undo('flight') }),
        nodeOf('hotel', { ports: { next: 'pay' }, compensation: undo('hotel', second) }),
        nodeOf('pay', { spec: specOf('waiting') }),
      ],
      { vars: { place: { schema: { type: 'string' }, default: 'Rio' } } },
    ),
  );
  player.start();
  player.answer({ kind: 'done', output: { id: 'F1' } });
  player.answer({ kind: 'done', output: { id: 'H1' } });
  return player;
}

function expectReplayed(player: Player): void {
  expect(replay(player.graph, player.history)).toEqual(player.state);
}

describe('a run that fails', () => {
  it('first undoes what has succeeded, the latest first, and then is failed', () => {
    const player = travel();
    player.answer(fails);
    expect(player.state).toMatchObject({ status: 'running', reason: 'compensating', ending: { status: 'failed' } });
    expect(player.state).not.toHaveProperty('error');
    expect(player.last('run')).toMatchObject({ node: 'hotel.compensate', input: { config: { undo: { id: 'H1' }, at: 'Rio' } } });
    expect(pendingCommands(player.graph, player.state)).toEqual(player.commands);

    player.answer({ kind: 'done' });
    expect(player.last('run')).toMatchObject({ node: 'flight.compensate', input: { config: { undo: { id: 'F1' } } } });
    player.answer({ kind: 'done' });
    expect(player.state).toMatchObject({
      status: 'failed',
      error: { code: 'http.410', node: 'pay' },
      tokens: [],
      compensated: [
        { node: 'hotel', step: 2, outcome: 'done' },
        { node: 'flight', step: 1, outcome: 'done' },
      ],
    });
    for (const gone of ['reason', 'ending', 'compensations', 'stopped']) expect(player.state).not.toHaveProperty(gone);
    expectReplayed(player);
  });

  it('tries again what could not be undone at once, and only records it when that does not help', () => {
    const player = travel();
    player.answer(fails);
    player.answer(failsForNow);
    expect(player.state).toMatchObject({ status: 'waiting', reason: 'compensating' });
    expect(nextDue(player.state)).toBe(plusMs(START, 1000));
    player.pass(1000);
    player.answer(failsForNow);
    player.answer({ kind: 'done' });
    expect(player.state).toMatchObject({
      status: 'failed',
      error: { code: 'http.410' },
      compensated: [{ node: 'hotel', outcome: 'failed', error: { code: 'http.503', attempts: 2 } }, { outcome: 'done' }],
    });
    expectReplayed(player);
  });

  it('undoes the rest when what undoes a step could not even be written down', () => {
    const player = travel({
      render: () => {
        throw terminal('expr.failed', 'no such key');
      },
    });
    player.answer(fails);
    expect(player.last('run').node).toBe('flight.compensate');
    expect(player.state.compensated).toMatchObject([{ node: 'hotel', outcome: 'failed', error: { code: 'expr.failed' } }]);
  });

  it('undoes what an end node with status failed leaves behind, but not what has completed', () => {
    const failed = travel();
    failed.answer({ kind: 'ended', status: 'failed', reason: 'sold out' });
    expect(failed.last('run').node).toBe('hotel.compensate');
    failed.answer({ kind: 'done' });
    failed.answer({ kind: 'done' });
    expect(failed.state).toMatchObject({ status: 'failed', reason: 'sold out' });

    const completed = travel();
    expect(completed.answer({ kind: 'ended', status: 'completed' })).toEqual([]);
    expect(completed.state).toMatchObject({ status: 'completed' });
    expect(completed.state).not.toHaveProperty('compensations');
  });

  it('is undone even at its ceiling, which then cannot end it a second time', () => {
    const player = travel();
    player.answer({ kind: 'waiting', wait: { messages: 'answer' } });
    player.pass(31 * 86_400_000);
    expect(player.last('run').node).toBe('hotel.compensate');
    player.pass(86_400_000);
    player.answer({ kind: 'done' });
    player.answer({ kind: 'done' });
    expect(player.state).toMatchObject({ status: 'failed', error: { code: 'limit.duration' } });
  });

  it('cannot be ordered about while it is undone, nor retried when it was', () => {
    const player = travel();
    player.answer(fails);
    for (const order of [{ type: 'pause' }, { type: 'cancel', reason: 'x' }, { type: 'retry' }] as const)
      expect(decide(player.graph, player.state, order)).toMatchObject({ accepted: false, code: 'order.ending' });
    expect(player.give({ type: 'cancelled', at: player.now, reason: 'restarted' })).toEqual([]);
    player.answer({ kind: 'done' });
    player.answer({ kind: 'done' });
    expect(decide(player.graph, player.state, { type: 'retry' })).toMatchObject({ code: 'order.compensated' });
  });
});

describe('a run that is cancelled', () => {
  it('withdraws what is unsent before it undoes what is done', () => {
    const player = travel();
    player.answer({ kind: 'waiting', wait: { messages: 'answer' } });
    player.give({ type: 'ordered', at: player.now, order: { type: 'cancel', reason: 'changed my mind' } });
    expect(player.commands.map(({ type }) => type)).toEqual(['withdraw', 'run']);
    player.answer({ kind: 'done' });
    player.answer({ kind: 'done' });
    expect(player.state).toMatchObject({ status: 'cancelled', reason: 'changed my mind' });
    expectReplayed(player);
  });

  it('undoes each iteration of a foreach under a key of its own', () => {
    const player = new Player(
      graphOf([
        foreachOf('first', 'book', 'joined', 2),
        nodeOf('book', { ports: { next: 'joined' }, compensation: undo('book') }),
        joinOf('joined', 'pay'),
        nodeOf('pay'),
      ]),
    );
    player.start();
    player.answer({ kind: 'done', output: { items: ['a', 'b'] } });
    player.answer({ kind: 'done', output: { id: 1 } });
    player.answer({ kind: 'done', output: { id: 2 } });
    player.answer({ kind: 'done' });
    player.give({ type: 'cancelled', at: player.now, reason: 'x' });
    expect(player.state.tokens[0]).toMatchObject({ visit: 1, undoes: { input: { config: { undo: { id: 2 } } } } });
    player.answer({ kind: 'done' });
    expect(player.state.tokens[0]).toMatchObject({ visit: 2, undoes: { input: { config: { undo: { id: 1 } } } } });
  });
});

describe('a step that was skipped', () => {
  it('has done nothing that could be undone', () => {
    const player = new Player(graphOf([nodeOf('first', { ports: { next: 'pay' }, compensation: undo('first') }), nodeOf('pay')]));
    player.start();
    player.answer(fails);
    player.give({ type: 'ordered', at: player.now, order: { type: 'skip', node: 'first' } });
    player.answer(fails);
    expect(player.state.status).toBe('failed');
    expect(player.state).not.toHaveProperty('compensated');
  });
});
