import { describe, expect, it } from '@jest/globals';
import { graphOf, nodeOf } from './__fixtures__/graph.js';
import { Player, START } from './__fixtures__/player.js';
import type { NodeOutcome } from './outcome.js';
import type { Write } from './write.js';

const begin: Write = { type: 'listen', name: 'paid', key: 'o-1', since: 'run', most: 1 };
const end: Write = { type: 'unlisten' };
const waits: NodeOutcome = { kind: 'waiting', wait: { signals: ['event'], registration: { begin, end } } };

/** What the last event made the run write. */
function written({ commands }: Player): Write[] {
  return commands.flatMap((command) =>
    command.type === 'effect' && command.effect.kind === 'write' ? [command.effect.write] : [],
  );
}

function waiting(): Player {
  const player = new Player(graphOf([nodeOf('first', { ports: { next: 'second' } }), nodeOf('second')]));
  player.start();
  player.answer(waits);
  return player;
}

const signal = (id: string, step = 1) => ({ type: 'signal', at: START, step, name: 'event', data: 1, id }) as const;

describe('what a waiting step has written outside of its run', () => {
  it('is begun when it begins to wait, and ended when it is done', () => {
    const player = waiting();
    expect(written(player)).toEqual([begin]);
    player.give(signal('e-1'));
    expect(written(player)).toEqual([]);
    player.answer({ kind: 'done' });
    expect(written(player)).toEqual([end]);
  });

  it('lasts while the step waits on after it was asked', () => {
    const player = waiting();
    player.give(signal('e-1'));
    player.answer(waits);
    expect(written(player)).toEqual([]);
    expect(player.state.tokens).toMatchObject([{ phase: { kind: 'waiting' } }]);
  });

  it.each([
    ['is cancelled', { type: 'cancelled', at: START, reason: 'test' }],
    ['breaks', { type: 'broken', at: START, failure: { code: 'internal', kind: 'terminal', message: 'x' } }],
  ] as const)('is ended when the run %s', (_how, event) => {
    const player = waiting();
    player.give(event);
    expect(written(player)).toEqual([end]);
  });

  it('is ended when the step fails, also in the middle of its work', () => {
    const player = waiting();
    player.give(signal('e-1'));
    player.answer({ kind: 'failed', failure: { code: 'expr.failed', kind: 'terminal', message: 'x' } });
    expect(written(player)).toEqual([end]);
    expect(player.state.status).toBe('failed');
  });

  it('is begun anew when a failed run goes on', () => {
    const player = waiting();
    player.give({ type: 'broken', at: START, failure: { code: 'internal', kind: 'terminal', message: 'x' } });
    player.give({ type: 'ordered', at: START, order: { type: 'retry' } });
    expect(player.state.status).toBe('waiting');
    expect(written(player)).toEqual([begin]);
  });

  it('is numbered after the effects that came before it, for each its own', () => {
    const player = waiting();
    player.give(signal('e-1'));
    player.answer({
      kind: 'done',
      effects: [{ kind: 'write', write: { type: 'event', id: 'x', name: 'y', key: null, data: 1 } }],
    });
    expect(player.commands).toMatchObject([{ seq: 2 }, { type: 'run', node: 'second' }, { seq: 3, node: 'first', step: 1 }]);
  });
});

describe('a signal with an id', () => {
  it('serves a run once: what a step has taken comes to no later one', () => {
    const player = waiting();
    player.give(signal('e-1'));
    player.answer({ kind: 'done' });
    player.answer(waits);
    expect(player.give(signal('e-1', 2))).toEqual([]);
    player.give(signal('e-2', 2));
    expect(player.last('resume')).toMatchObject({ node: 'second', signal: { id: 'e-2' } });
  });

  it('is there for a later step when the first one waits on', () => {
    const player = waiting();
    player.give(signal('e-1'));
    player.answer(waits);
    expect(player.state.taken).toBeUndefined();
    player.give(signal('e-2'));
    player.answer({ kind: 'done' });
    expect(player.state.taken).toEqual(['e-2']);
  });
});
