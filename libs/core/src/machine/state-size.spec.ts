import { describe, expect, it } from '@jest/globals';
import { graphOf, nodeOf, specOf } from './__fixtures__/graph.js';
import { messageOf, Player } from './__fixtures__/player.js';
import { isSurelySmall, STATE_CEILING, stateSize } from './state-size.js';

describe('the size of a state', () => {
  it('is that of its JSON, within a few percent, event after event', () => {
    const ask = nodeOf('ask', { spec: specOf('waiting', 'value'), ports: { next: 'ask' }, save: 'answer' });
    const player = new Player(graphOf([ask], { vars: { answer: { schema: {} } } }));
    player.start();
    for (let turn = 0; turn < 50; turn += 1) {
      player.answer({ kind: 'waiting', wait: { messages: 'answer', memory: { turn, asked: ['é'.repeat(turn)] } } });
      player.give({ type: 'message', at: player.now, receivedAt: player.now, token: 1, message: messageOf(`${turn}`) });
      player.answer({
        kind: 'done',
        output: { value: { list: Array.from({ length: turn }, (_, n) => ({ n, text: 'x'.repeat(n) })) } },
      });
      const exact = Buffer.byteLength(JSON.stringify(player.state));
      expect(Math.abs(stateSize(player.state) - exact) / exact).toBeLessThan(0.05);
      if (isSurelySmall(player.state)) expect(exact).toBeLessThan(STATE_CEILING);
    }
  });

  it('is not called small when it is large, in one text, in many fields or in many items', () => {
    const player = new Player(graphOf([nodeOf('ask', {})]));
    player.start();
    expect(isSurelySmall(player.state)).toBe(true);
    const large = [
      'x'.repeat(STATE_CEILING),
      Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`field${n}`, null])),
      Array.from({ length: 40_000 }, (_, n) => n),
    ];
    for (const it of large) expect(isSurelySmall({ ...player.state, vars: { it } })).toBe(false);
  });
});
