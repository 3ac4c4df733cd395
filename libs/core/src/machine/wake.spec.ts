import { describe, expect, it } from '@jest/globals';
import { graphOf, nodeOf, specOf } from './__fixtures__/graph.js';
import { messageOf, Player, START } from './__fixtures__/player.js';
import { nextDue } from './due.js';
import type { MessageEffect } from './outcome.js';

const waiting = specOf('waiting');
const send: MessageEffect = { kind: 'message', message: { type: 'content', text: 'Hi' }, onUnknown: 'resend', notify: 'never' };
const asks = { kind: 'waiting', wait: { messages: 'answer', until: '2026-03-02T17:30:00.000Z' } } as const;

describe('effects', () => {
  it('are numbered over the run, under keys that differ by message and not by attempt', () => {
    const player = new Player(graphOf([nodeOf('first', { ports: { next: 'first' } })]));
    player.start();
    const [one, two] = player.answer({ kind: 'done', effects: [send, send] });
    const [three] = player.answer({ kind: 'done', effects: [send] });
    expect([one, two, three]).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3, step: 2 }]);
    expect(player.state.counters).toEqual({ steps: 3, sends: 3, effects: 3 });
    expect(new Set([one, two, three].map((command) => command?.type === 'effect' && command.idempotencyKey)).size).toBe(3);
  });

  it('resume the node that waits for them, once', () => {
    const player = new Player(graphOf([nodeOf('first')]));
    player.start();
    player.answer({ kind: 'waiting', wait: { effects: true, memory: { left: 1 } }, effects: [send] });
    player.settle(1, { outcome: 'done', data: { messageId: 'w1' } });
    expect(player.last('resume')).toMatchObject({
      node: 'first',
      memory: { left: 1 },
      signal: { type: 'effect', result: { outcome: 'done' } },
    });
    player.settle(1, { outcome: 'done', data: {} });
    expect(player.commands).toEqual([]);
  });

  it('are not lost when they settle while the node is at work', () => {
    const player = new Player(graphOf([nodeOf('first')]));
    player.start();
    player.answer({ kind: 'waiting', wait: { effects: true }, effects: [send, send, send] });
    for (const seq of [1, 2, 3]) player.settle(seq, { outcome: 'done', data: { seq } });
    player.answer({ kind: 'waiting', wait: { effects: true } });
    expect(player.last('resume').signal).toMatchObject({ result: { data: { seq: 2 } } });
    player.answer({ kind: 'waiting', wait: { effects: true } });
    expect(player.last('resume').signal).toMatchObject({ result: { data: { seq: 3 } } });
    player.answer({ kind: 'done' });
    expect(player.last('run').node).toBe('done');
  });

  it('leave the run alone when nobody waits for them', () => {
    const player = new Player(graphOf([nodeOf('first'), nodeOf('second')], { start: 'first' }));
    player.start();
    player.answer({ kind: 'done', effects: [send] });
    const before = player.state;
    expect(player.settle(1, { outcome: 'done', data: null })).toEqual([]);
    expect(player.state).toEqual(before);
  });

  it('of an activity are waited for until its deadline', () => {
    const player = new Player(graphOf([nodeOf('first', { deadlineMs: 300_000 })]));
    player.start();
    player.answer({ kind: 'waiting', wait: { effects: true }, effects: [send] });
    expect(nextDue(player.state)).toBe('2026-03-02T17:05:00.000Z');
    player.pass(300_000);
    expect(player.state.error).toMatchObject({ code: 'timeout', node: 'first' });
  });
});

describe('a waiting node', () => {
  it('is resumed with the message, its memory and the input of its entry', () => {
    const player = new Player(
      graphOf([nodeOf('first', { spec: waiting, render: (scope) => ({ config: { now: scope.run?.now ?? '' }, fields: {} }) })]),
    );
    player.start();
    player.answer({ ...asks, wait: { ...asks.wait, memory: [1] } });
    player.now = '2026-03-02T17:10:00.000Z';
    player.say('20');
    expect(player.last('resume')).toMatchObject({
      memory: [1],
      input: { config: { now: START } },
      signal: { type: 'message', message: { text: '20' }, receivedAt: player.now },
    });
  });

  it('is woken when its time has come and not before', () => {
    const player = new Player(graphOf([nodeOf('first', { spec: waiting })]));
    player.start();
    player.answer(asks);
    expect(player.state.status).toBe('waiting');
    expect(player.pass(60_000)).toEqual([]);
    player.pass(29 * 60_000);
    expect(player.last('resume').signal).toEqual({ type: 'timer', at: player.now });
  });

  it('gives way to a command before it sees the answer', () => {
    const player = new Player(
      graphOf([nodeOf('first', { spec: waiting })], { commands: [{ keywords: ['cancelar', 'Stop it'], next: 'done' }] }),
    );
    player.start();
    player.answer(asks);
    player.say('  CANCELÁR ');
    expect(player.commands).toMatchObject([{ type: 'run', node: 'done' }]);
  });

  it('that only listens does not know commands', () => {
    const player = new Player(
      graphOf([nodeOf('first', { spec: waiting })], { commands: [{ keywords: ['stop'], next: 'done' }] }),
    );
    player.start();
    player.answer({ kind: 'waiting', wait: { messages: 'interrupt' } });
    player.say('stop');
    expect(player.last('resume').signal.type).toBe('message');
  });

  it('takes the turn when it sends, and keeps its place when it only goes on waiting', () => {
    const player = new Player(graphOf([nodeOf('first', { spec: waiting })]));
    player.start();
    player.answer({ ...asks, effects: [send] });
    player.now = '2026-03-02T17:10:00.000Z';
    player.say('hm');
    player.answer(asks);
    expect(player.state.tokens[0]?.askedAt).toBe(START);
    player.say('hm?');
    player.answer({ ...asks, effects: [send] });
    expect(player.state.tokens[0]?.askedAt).toBe(player.now);
  });

  it('that waits for nothing is a defect of its strategy, and fails', () => {
    const player = new Player(graphOf([nodeOf('first', { spec: waiting })]));
    player.start();
    player.answer({ kind: 'waiting', wait: {} });
    expect(player.state.error).toMatchObject({ code: 'internal', node: 'first' });
  });
});

describe('a signal', () => {
  const waits = { kind: 'waiting', wait: { signals: ['answered'], memory: { asked: true } } } as const;
  const signal = { type: 'signal', at: START, name: 'answered', data: { by: 'Bo' } } as const;

  it('resumes the step that waits for it by its name', () => {
    const player = new Player(graphOf([nodeOf('first', { spec: waiting })]));
    player.start();
    player.answer(waits);
    expect(player.state.status).toBe('waiting');
    player.give({ ...signal, step: 1 });
    expect(player.last('resume')).toMatchObject({
      node: 'first',
      memory: { asked: true },
      signal: { type: 'signal', name: 'answered', data: { by: 'Bo' } },
    });
  });

  it('changes nothing for another step, by another name, or when it comes twice', () => {
    const player = new Player(graphOf([nodeOf('first', { spec: waiting, ports: { next: 'first' } })]));
    player.start();
    player.answer(waits);
    const before = player.state;
    expect(player.give({ ...signal, step: 2 })).toEqual([]);
    expect(player.give({ ...signal, step: 1, name: 'asked' })).toEqual([]);
    expect(player.state).toEqual(before);
    player.give({ ...signal, step: 1 });
    player.answer({ kind: 'done' });
    player.answer(waits);
    expect(player.give({ ...signal, step: 1 })).toEqual([]);
    expect(player.state.tokens).toMatchObject([{ step: 2, phase: { kind: 'waiting' } }]);
  });
});

describe('a write', () => {
  const write = { type: 'event', id: '0197', name: 'lead.won', key: null, data: 1 } as const;

  it('is journalled like any effect, and nobody waits for its result', () => {
    const player = new Player(graphOf([nodeOf('first')]));
    player.start();
    player.answer({ kind: 'waiting', wait: { effects: true }, effects: [{ kind: 'write', write }, send] });
    expect(player.commands).toMatchObject([{ seq: 1, effect: { kind: 'write', write } }, { seq: 2 }]);
    expect(player.state.tokens).toMatchObject([{ phase: { kind: 'waiting', pendingEffects: [2] } }]);
  });
});

describe('a burst that is gathered', () => {
  const graph = graphOf([nodeOf('first')]);
  graph.triggers['hello'] = {
    ...graph.triggers['hello']!,
    session: { key: 'contact', onActive: 'resume', debounceMs: 3000, maxDebounceMs: 5000 },
  };

  it('begins when no message came for the debounce, with all of them in order', () => {
    const player = new Player(graph);
    expect(player.start({ message: messageOf('one'), event: { text: 'one', id: 'm-one' } })).toEqual([]);
    expect(player.state.status).toBe('waiting');
    player.now = '2026-03-02T17:00:02.000Z';
    player.say('two');
    expect(nextDue(player.state)).toBe('2026-03-02T17:00:05.000Z');
    expect(player.pass(1000)).toEqual([]);
    player.pass(2000);
    expect(player.last('run').node).toBe('first');
    expect(player.state.gathering).toBeUndefined();
    expect(player.state.event).toMatchObject({
      id: 'm-one',
      text: 'one\ntwo',
      kind: 'text',
      messages: [{ text: 'one' }, { text: 'two' }],
    });
  });

  it('never waits longer than maxDebounce', () => {
    const player = new Player(graph);
    player.start({ message: messageOf('one') });
    player.now = '2026-03-02T17:00:04.000Z';
    player.say('two');
    expect(player.state.gathering?.until).toBe('2026-03-02T17:00:05.000Z');
  });
});
