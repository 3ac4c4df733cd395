import { describe, expect, it } from '@jest/globals';
import { graphOf, nodeOf } from './__fixtures__/graph.js';
import { Player, START } from './__fixtures__/player.js';

const caller = { executionId: 'run-0', step: 4 };

function called(): Player {
  const player = new Player(graphOf([nodeOf('first')]));
  player.start({ caller, depth: 2 });
  return player;
}

const answers = ({ commands }: Player) =>
  commands.flatMap((command) => (command.type === 'effect' && command.effect.kind === 'write' ? [command.effect.write] : []));

describe('a called run', () => {
  it('remembers the step that waits for it, and how deep it is', () => {
    expect(called().state).toMatchObject({ caller, depth: 2 });
  });

  it('tells that step how it has ended, with its result', () => {
    const player = called();
    player.answer({ kind: 'ended', status: 'completed', reason: 'rated', output: { stars: 4 } });
    const data = { runId: 'run-1', status: 'completed', reason: 'rated', result: { stars: 4 }, error: null };
    expect(answers(player)).toEqual([{ type: 'answer', ...caller, data }]);
  });

  it('tells it of an error by its code, and of a cancellation', () => {
    const player = called();
    player.answer({ kind: 'failed', failure: { code: 'http.500', kind: 'terminal', message: 'x' } });
    expect(answers(player)).toMatchObject([{ data: { status: 'failed', result: null, error: 'http.500' } }]);
    const other = called();
    other.give({ type: 'cancelled', at: START, reason: 'test' });
    expect(answers(other)).toMatchObject([{ data: { status: 'cancelled', reason: 'test' } }]);
  });

  it('says nothing before its end, and nothing at all where nobody has called it', () => {
    const player = called();
    player.answer({ kind: 'waiting', wait: { until: '2026-03-03T00:00:00.000Z' } });
    expect(answers(player)).toEqual([]);
    const alone = new Player(graphOf([nodeOf('first')]));
    alone.start();
    alone.answer({ kind: 'ended', status: 'completed' });
    expect(answers(alone)).toEqual([]);
  });
});
