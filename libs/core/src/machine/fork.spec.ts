import { describe, expect, it } from '@jest/globals';
import { graphOf, nodeOf } from './__fixtures__/graph.js';
import { CONTEXT, Player, START } from './__fixtures__/player.js';
import { joinOf, parallelOf } from './__fixtures__/regions.js';
import type { ExecutionEvent } from './event.js';
import { forkAt, forkedState } from './fork-at.js';
import type { NodeOutcome } from './outcome.js';
import { maskEvents } from './mask.js';
import { replay, stateHash } from './replay.js';
import type { Write } from './write.js';

const begin: Write = { type: 'listen', name: 'paid', key: 'o-1', since: 'run', most: 1 };
const listens: NodeOutcome = {
  kind: 'waiting',
  wait: { signals: ['event'], registration: { begin, end: { type: 'unlisten' } } },
};
const sleeps: NodeOutcome = { kind: 'waiting', wait: { until: '2026-03-03T00:00:00.000Z' } };
const LATER = '2026-03-05T09:00:00.000Z';

const plain = graphOf([
  nodeOf('first', { ports: { next: 'second' } }),
  nodeOf('second', { ports: { next: 'third' } }),
  nodeOf('third'),
]);
const branches = graphOf([
  parallelOf('all', { left: 'left', right: 'right' }, 'met'),
  nodeOf('left', { ports: { next: 'more' } }),
  nodeOf('more', { ports: { next: 'met' } }),
  nodeOf('right', { ports: { next: 'met' } }),
  joinOf('met', 'done'),
]);

function fork(player: Player, step: number): Player {
  const decision = forkAt(player.graph, player.history, step);
  if (!decision.accepted) throw new Error(decision.reason);
  const { state } = decision;
  const forked = new Player(player.graph);
  forked.now = LATER;
  const { trigger, event } = state;
  forked.give({
    type: 'started',
    at: LATER,
    executionId: 'run-2',
    trigger,
    event,
    context: CONTEXT,
    fork: { executionId: 'run-1', step, state: forkedState(state) },
  });
  return forked;
}

function played(graph = plain): Player {
  const player = new Player(graph);
  player.start({ event: { text: 'hello' } });
  return player;
}

describe('a fork', () => {
  it('begins with the step, with what the run had before it, as a run of its own', () => {
    const player = played();
    player.answer({ kind: 'done', output: { n: 1 } });
    player.answer({ kind: 'done', output: { n: 2 } });
    player.answer({ kind: 'done', output: { n: 3 } });

    const forked = fork(player, 2);
    expect(forked.state).toMatchObject({
      id: 'run-2',
      status: 'running',
      startedAt: LATER,
      event: { text: 'hello' },
      steps: { first: { n: 1 } },
      forkedFrom: { executionId: 'run-1', step: 2 },
    });
    expect(forked.state.steps).not.toHaveProperty('second');
    expect(forked.commands).toMatchObject([{ type: 'run', node: 'second', step: 2, attempt: 1 }]);
    // Its ceiling is its own.
    expect(Date.parse(forked.state.expiresAt) - Date.parse(LATER)).toBe(plain.limits.maxDurationMs);
    forked.answer({ kind: 'done', output: { n: 20 } });
    forked.answer({ kind: 'done' });
    expect(forked.state.steps).toMatchObject({ first: { n: 1 }, second: { n: 20 } });
    expect(player.state.steps).toMatchObject({ second: { n: 2 } });
  });

  it('replays to the same hash, also through its own fork', () => {
    const player = played();
    player.answer({ kind: 'done', output: { n: 1 } });
    player.answer(sleeps);
    const forked = fork(player, 2);
    forked.answer({ kind: 'done' });
    const again = fork(forked, 3);
    again.answer(sleeps);
    for (const each of [forked, again]) {
      const read: (text: string) => ExecutionEvent[] = JSON.parse;
      const stored = read(JSON.stringify(each.history));
      expect(stateHash(replay(each.graph, stored))).toBe(stateHash(each.state));
    }
    expect(again.state.forkedFrom).toEqual({ executionId: 'run-1', step: 3 });
  });

  it('waits on in the other branches, and begins those again that wait outside of the run', () => {
    const player = played(branches);
    player.answer({ kind: 'done' });
    player.give({ ...answerAt(player, 'left'), outcome: sleeps });
    player.give({ ...answerAt(player, 'right'), outcome: listens });
    player.give({ type: 'timer', at: '2026-03-03T00:00:00.000Z' });
    player.give({ ...answerAt(player, 'left'), outcome: { kind: 'done' } });
    const more = player.state.tokens.find(({ node }) => node === 'more');

    const forked = fork(player, more?.step ?? 0);
    expect(forked.commands.map((command) => ('node' in command ? [command.type, command.node] : []))).toEqual([
      ['run', 'more'],
      ['run', 'right'],
    ]);
    forked.give({ ...answerAt(forked, 'right'), outcome: listens });
    expect(forked.commands).toMatchObject([{ type: 'effect', effect: { kind: 'write', write: begin } }]);
  });

  it('is masked in what it has of the other run, whatever its variables are called', () => {
    const player = played();
    player.answer({ kind: 'done', output: { name: 'Ana Lima', code: 'secret' } });
    const [started] = maskEvents([], fork(player, 2).history);
    const masked = JSON.stringify(started?.type === 'started' ? started.fork : null);
    expect(masked).toContain('"steps":{"first":{"name":"Xxx Xxxx","code":"xxxxxx"}}');
  });

  it('leaves to the run what is its own: its caller and what it would undo', () => {
    const player = played();
    player.answer({ kind: 'done' });
    const decision = forkAt(plain, player.history, 2);
    if (!decision.accepted) throw new Error(decision.reason);
    const state = forkedState({
      ...decision.state,
      caller: { executionId: 'run-0', step: 4 },
      compensations: [{ node: 'first', step: 1, input: { config: {}, fields: {} } }],
      paused: { at: START },
    });
    const forked = new Player(plain);
    forked.start({ executionId: 'run-2', fork: { executionId: 'run-1', step: 2, state } });
    for (const own of ['caller', 'compensations', 'paused']) expect(forked.state).not.toHaveProperty(own);
    expect(forked.state.status).toBe('running');
  });

  it('makes its first step when people give the conversation back', () => {
    const player = played();
    player.answer({ kind: 'done' });
    const decision = forkAt(plain, player.history, 2);
    if (!decision.accepted) throw new Error(decision.reason);
    const forked = new Player(plain);
    forked.start({
      executionId: 'run-2',
      silenced: true,
      fork: { executionId: 'run-1', step: 2, state: forkedState(decision.state) },
    });
    expect(forked.commands).toEqual([]);
    forked.give({ type: 'released', at: LATER });
    expect(forked.commands).toMatchObject([{ type: 'run', node: 'second' }]);
  });

  it('waits on for the answer to a question of another branch, whose message has gone out', () => {
    const player = played(branches);
    player.answer({ kind: 'done' });
    const message = { type: 'content', text: 'Which?' } as const;
    player.give({
      ...answerAt(player, 'right'),
      outcome: {
        kind: 'waiting',
        wait: { effects: true, messages: 'answer', until: '2026-03-09T00:00:00.000Z' },
        effects: [{ kind: 'message', message, onUnknown: 'resend', notify: 'failure' }],
      },
    });
    player.give({ ...answerAt(player, 'left'), outcome: { kind: 'done' } });
    const step = player.state.tokens.find(({ node }) => node === 'more')?.step ?? 0;
    expect(forkAt(branches, player.history, step)).toMatchObject({ accepted: false, code: 'fork.effect' });
    const decision = forkAt(branches, player.history, step, (seq) => seq === 1);
    if (!decision.accepted) throw new Error(decision.reason);
    const right = decision.state.tokens.find(({ node }) => node === 'right');
    expect(right?.phase).toMatchObject({ kind: 'waiting', pendingEffects: [], wait: { messages: 'answer' } });
  });

  it('is refused where the run has not stood, and where a result is on its way to another branch', () => {
    const player = played();
    expect(forkAt(plain, player.history, 7)).toMatchObject({ accepted: false, code: 'fork.no_step' });

    const two = played(branches);
    two.answer({ kind: 'done' });
    const call = { kind: 'message', message: { type: 'content', text: 'hi' } } as const;
    two.give({
      ...answerAt(two, 'right'),
      outcome: { kind: 'waiting', wait: { effects: true }, effects: [{ ...call, onUnknown: 'resend' } as never] },
    });
    two.give({ ...answerAt(two, 'left'), outcome: { kind: 'done' } });
    const more = two.state.tokens.find(({ node }) => node === 'more');
    expect(forkAt(branches, two.history, more?.step ?? 0)).toMatchObject({ accepted: false, code: 'fork.effect' });
  });

  it('is refused behind a move to another version', () => {
    const player = played();
    player.answer(sleeps);
    const moved: ExecutionEvent = {
      type: 'migrated',
      at: START,
      migration: 'm',
      from: 1,
      to: 2,
      versionId: 'v',
      move: { nodes: {}, forget: [], vars: {} },
      before: {},
    };
    expect(forkAt(plain, [...player.history, moved], 2)).toMatchObject({ accepted: false, code: 'fork.moved' });
    expect(forkAt(plain, [...player.history, moved], 1)).toMatchObject({ accepted: true });
  });
});

function answerAt(player: Player, at: string) {
  const token = player.state.tokens.find(({ node, phase }) => node === at && phase.kind === 'running');
  if (token === undefined) throw new Error(`Nobody is at work on ${at}`);
  const { id, step, node, attempt } = token;
  return { type: 'returned', at: player.now, token: id, step, node, attempt, random: 0.5 } as const;
}
