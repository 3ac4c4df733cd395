import { describe, expect, it } from '@jest/globals';
import { graphOf, nodeOf, triggerOf } from './__fixtures__/graph.js';
import { messageOf, Player, START } from './__fixtures__/player.js';
import { nextDue } from './due.js';
import { plusMs } from './instant.js';
import { replay } from './replay.js';

const admit = (player: Player) => player.give({ type: 'admitted', at: player.now });

describe('a run that waits for its turn', () => {
  const graph = graphOf([nodeOf('first')]);

  it('stands before its first step, and says why', () => {
    const player = new Player(graph);
    expect(player.start({ queued: true })).toEqual([]);
    expect(player.state).toMatchObject({ status: 'waiting', reason: 'queued', queued: true, tokens: [] });
    expect(nextDue(player.state)).toBe(player.state.expiresAt);
  });

  it('begins when it is admitted, and only once', () => {
    const player = new Player(graph);
    player.start({ queued: true });
    admit(player);
    expect(player.last('run').node).toBe('first');
    expect(player.state.queued).toBeUndefined();
    expect(player.state.reason).toBeUndefined();
    expect(admit(player)).toEqual([]);
    expect(replay(graph, player.history)).toEqual(player.state);
  });

  it('keeps its place while it is paused', () => {
    const player = new Player(graph);
    player.start({ queued: true });
    player.give({ type: 'ordered', at: START, order: { type: 'pause' } });
    expect(admit(player)).toEqual([]);
    expect(player.state.queued).toBeDefined();
    player.give({ type: 'ordered', at: START, order: { type: 'resume' } });
    admit(player);
    expect(player.last('run').node).toBe('first');
  });

  it('can be cancelled, and ends at its ceiling', () => {
    const cancelled = new Player(graph);
    cancelled.start({ queued: true });
    cancelled.give({ type: 'cancelled', at: START, reason: 'test' });
    expect(cancelled.state).toMatchObject({ status: 'cancelled', reason: 'test' });
    expect(cancelled.state.queued).toBeUndefined();
    const late = new Player(graph);
    late.start({ queued: true });
    late.pass(30 * 86_400_000);
    expect(late.state).toMatchObject({ status: 'failed', error: { code: 'limit.duration' } });
  });

  it('gathers its burst meanwhile, and begins when both are over', () => {
    const session = { key: 'contact', onActive: 'queue', debounceMs: 3000, maxDebounceMs: 9000 } as const;
    const chatty = graphOf([nodeOf('first')], { triggers: { hello: triggerOf('hello', { session }) } });
    for (const first of ['burst', 'turn']) {
      const player = new Player(chatty);
      player.start({ queued: true, message: messageOf('one') });
      player.say('two');
      if (first === 'turn') admit(player);
      expect(player.pass(3000).length > 0).toBe(first === 'turn');
      if (first === 'burst') admit(player);
      expect(player.last('run').node).toBe('first');
      expect(player.state.event).toMatchObject({ text: 'one\ntwo' });
    }
  });
});

describe('a burst of webhooks', () => {
  const session = { key: () => 'k', onActive: 'resume', debounceMs: 3000, maxDebounceMs: 5000 } as const;
  const graph = graphOf([nodeOf('first')], { triggers: { hook: triggerOf('hook', { type: 'webhook', session }) } });

  it('is one run, with all of them in order', () => {
    const player = new Player(graph);
    expect(player.start({ trigger: 'hook', event: { id: 'a', body: 1 } })).toEqual([]);
    player.now = plusMs(START, 2000);
    player.give({ type: 'joined', at: player.now, receivedAt: player.now, event: { id: 'b', body: 2 } });
    expect(nextDue(player.state)).toBe(plusMs(START, 5000));
    player.pass(3000);
    expect(player.state.event).toEqual({
      id: 'a',
      body: 1,
      items: [
        { id: 'a', body: 1 },
        { id: 'b', body: 2 },
      ],
    });
    expect(player.last('run').node).toBe('first');
    expect(replay(graph, player.history)).toEqual(player.state);
  });

  it('of one is a list of one', () => {
    const player = new Player(graph);
    player.start({ trigger: 'hook', event: { id: 'a' } });
    player.pass(3000);
    expect(player.state.event).toEqual({ id: 'a', items: [{ id: 'a' }] });
  });

  it('is gathered for messages, webhooks and events only', () => {
    const called = graphOf([nodeOf('first')], { triggers: { api: triggerOf('api', { type: 'call', session }) } });
    const player = new Player(called);
    player.start({ trigger: 'api' });
    expect(player.last('run').node).toBe('first');
  });
});
