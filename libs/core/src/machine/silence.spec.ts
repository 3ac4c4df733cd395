import { describe, expect, it } from '@jest/globals';
import { graphOf, nodeOf, specOf } from './__fixtures__/graph.js';
import { messageOf, Player, START } from './__fixtures__/player.js';
import { nextDue, pendingCommands } from './due.js';
import { plusMs } from './instant.js';
import type { NodeOutcome } from './outcome.js';
import { replay } from './replay.js';
import { REPEAT } from './silence.js';

const waiting = specOf('waiting', 'value');
const asks: NodeOutcome = { kind: 'waiting', wait: { messages: 'answer', until: plusMs(START, 60_000) } };

function asking(): Player {
  const player = new Player(
    graphOf([nodeOf('ask', { spec: waiting, ports: { next: 'tell', timeout: 'done' } }), nodeOf('tell')]),
  );
  player.start();
  player.answer(asks);
  return player;
}

describe('a run whose conversation people have', () => {
  it('keeps what comes for its steps, and needs to be told of nothing but its ceiling', () => {
    const player = asking();
    player.give({ type: 'silenced', at: player.now });
    expect(player.state.status).toBe('paused');
    expect(nextDue(player.state)).toBe(player.state.expiresAt);
    expect(player.give({ type: 'timer', at: plusMs(START, 120_000) })).toEqual([]);
    const [token] = player.state.tokens;
    const message = messageOf('blue');
    expect(player.give({ type: 'message', at: player.now, message, receivedAt: player.now, token: token?.id ?? 0 })).toEqual([]);
    expect(player.state.held).toHaveLength(1);
    expect(replay(player.graph, player.history)).toEqual(player.state);
  });

  it('asks again when it is told to, unless the time of its question is over', () => {
    const player = asking();
    const token = player.state.tokens[0]?.id ?? 0;
    player.give({ type: 'silenced', at: player.now });
    const commands = player.give({ type: 'released', at: plusMs(START, 30_000), repeat: token });
    expect(commands).toMatchObject([{ type: 'resume', node: 'ask', signal: { type: 'signal', name: REPEAT } }]);

    const late = asking();
    late.give({ type: 'silenced', at: late.now });
    expect(late.give({ type: 'released', at: plusMs(START, 60_000), repeat: token })).toEqual([]);
    expect(late.give({ type: 'timer', at: plusMs(START, 60_000) })).toMatchObject([
      { type: 'resume', signal: { type: 'timer' } },
    ]);
    expect(replay(late.graph, late.history)).toEqual(late.state);
  });

  it('stays still when an operator has paused it too, until both are over', () => {
    const player = asking();
    player.give({ type: 'silenced', at: player.now });
    player.give({ type: 'ordered', at: player.now, order: { type: 'pause' } });
    player.give({ type: 'released', at: player.now, repeat: player.state.tokens[0]?.id ?? 0 });
    expect(player.state.status).toBe('paused');
    player.give({ type: 'ordered', at: player.now, order: { type: 'resume' } });
    expect(player.state.status).toBe('waiting');
  });

  it('makes its first step when it is released, if it was started meanwhile', () => {
    const player = asking();
    const [started] = player.history;
    if (started?.type !== 'started') throw new Error('A history begins with "started".');
    const late = new Player(player.graph);
    expect(late.give({ ...started, silenced: true })).toEqual([]);
    expect(late.state.status).toBe('paused');
    expect(pendingCommands(late.graph, late.state)).toEqual([]);
    expect(late.give({ type: 'released', at: START })).toMatchObject([{ type: 'run', node: 'ask' }]);
  });
});
