import { describe, expect, it } from '@jest/globals';
import { terminal } from '../failure.js';
import { graphOf, nodeOf, specOf } from './__fixtures__/graph.js';
import { messageOf, Player, START } from './__fixtures__/player.js';
import { joinOf, parallelOf } from './__fixtures__/regions.js';
import { decide } from './decide.js';
import { nextDue, pendingCommands } from './due.js';
import { plusMs } from './instant.js';
import type { Order } from './order.js';
import type { NodeOutcome } from './outcome.js';
import { replay } from './replay.js';
import type { ExecutionState } from './state.js';

const waiting = specOf('waiting', 'value');
const asks: NodeOutcome = { kind: 'waiting', wait: { messages: 'answer', until: plusMs(START, 60_000) } };
const calls: NodeOutcome = {
  kind: 'waiting',
  wait: { effects: true },
  effects: [
    { kind: 'http', method: 'POST', url: 'https://x.example', headers: {}, safety: 'unsafe', response: 'json', timeoutMs: 1000 },
  ],
};
const fails: NodeOutcome = { kind: 'failed', failure: terminal('http.410', 'gone').failure };

function order(player: Player, given: Order) {
  return player.give({ type: 'ordered', at: player.now, order: given, by: 'ana' });
}

/** Two questions in a row, and a call behind them. */
function conversation(): Player {
  const player = new Player(
    graphOf([
      nodeOf('first', { spec: waiting, ports: { next: 'second', timeout: 'done' } }),
      nodeOf('second', { spec: waiting, ports: { next: 'call' } }),
      nodeOf('call', { output: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } } }),
    ]),
  );
  player.start();
  return player;
}

function failedCall(): Player {
  const player = conversation();
  player.answer({ kind: 'done', output: { value: 'a' } });
  player.answer({ kind: 'done', output: { value: 'b' } });
  player.answer(fails);
  expect(player.state.status).toBe('failed');
  return player;
}

function expectReplayed(player: Player): void {
  expect(replay(player.graph, player.history)).toEqual(player.state);
}

describe('a paused run', () => {
  it('keeps what comes and acts on it when it goes on', () => {
    const player = conversation();
    player.answer(asks);
    expect(order(player, { type: 'pause' })).toEqual([]);
    expect(player.state.status).toBe('paused');
    expect(player.say('hello', 1)).toEqual([]);
    expect(player.state).toMatchObject({ status: 'paused', held: [{ type: 'message' }] });
    order(player, { type: 'resume' });
    expect(player.last('resume')).toMatchObject({ node: 'first', signal: { type: 'message', message: { text: 'hello' } } });
    expect(player.state.held).toBeUndefined();
    expectReplayed(player);
  });

  it('gives a second message to the question that the first one led to, unless it was said before that was asked', () => {
    const player = conversation();
    player.answer(asks);
    order(player, { type: 'pause' });
    player.say('one', 1);
    player.say('two', 1);
    order(player, { type: 'resume' });
    player.answer({ kind: 'done', output: { value: 'one' } });
    expect(player.last('run').node).toBe('second');
    expect(player.state.held).toHaveLength(1);
    player.answer(asks);
    expect(player.last('resume')).toMatchObject({ node: 'second', signal: { message: { text: 'two' } } });
    expectReplayed(player);
  });

  it('does not take a held message for the answer to a question that was asked later', () => {
    const player = conversation();
    player.answer(asks);
    order(player, { type: 'pause' });
    player.say('one', 1);
    player.say('two', 1);
    order(player, { type: 'resume' });
    player.answer({ kind: 'done', output: { value: 'one' } });
    player.answer({ kind: 'waiting', wait: { messages: 'answer', messagesAfter: plusMs(START, 1) } });
    expect(player.state.tokens[0]?.phase.kind).toBe('waiting');
    expect(player.state.held).toBeUndefined();
  });

  it('lets its timers lie, but not its ceiling', () => {
    const player = conversation();
    player.answer(asks);
    order(player, { type: 'pause' });
    expect(nextDue(player.state)).toBe(player.state.expiresAt);
    expect(player.pass(120_000)).toEqual([]);
    expect(player.state.status).toBe('paused');
    order(player, { type: 'resume' });
    expect(nextDue(player.state)).toBe(plusMs(START, 60_000));
    player.pass(0);
    expect(player.last('resume').signal).toMatchObject({ type: 'timer' });

    order(player, { type: 'pause' });
    player.pass(31 * 86_400_000);
    expect(player.state).toMatchObject({ status: 'failed', error: { code: 'limit.duration' } });
    expectReplayed(player);
  });

  it('keeps the answer of a node and the result of a call that were under way', () => {
    const player = conversation();
    player.answer(calls);
    order(player, { type: 'pause' });
    player.settle(1, { outcome: 'done', data: 'x' });
    order(player, { type: 'resume' });
    expect(player.last('resume').signal).toMatchObject({ type: 'effect', result: { data: 'x' } });

    order(player, { type: 'pause' });
    expect(pendingCommands(player.graph, player.state)).toEqual([]);
    player.answer({ kind: 'done', output: { value: 'y' } });
    expect(player.state.tokens[0]?.node).toBe('first');
    order(player, { type: 'resume' });
    expect(player.commands.map((command) => ('node' in command ? command.node : command.type))).toEqual(['second']);
    expectReplayed(player);
  });

  it('asks its node again when the answer never came', () => {
    const player = conversation();
    const [asked] = player.commands;
    order(player, { type: 'pause' });
    expect(order(player, { type: 'resume' })).toEqual([asked]);
  });

  it('goes on gathering with what came meanwhile', () => {
    const player = new Player(graphOf([nodeOf('first')]));
    player.graph.triggers['hello'] = {
      ...player.graph.triggers['hello']!,
      session: { key: 'contact', onActive: 'resume', debounceMs: 2000, maxDebounceMs: 6000 },
    };
    player.start({ message: messageOf('one') });
    order(player, { type: 'pause' });
    player.give({ type: 'message', at: START, receivedAt: START, message: messageOf('two') });
    order(player, { type: 'resume' });
    player.pass(2000);
    expect(player.state.event).toMatchObject({ text: 'one\ntwo' });
    expectReplayed(player);
  });

  it('is paused once and resumed once, however often that is ordered', () => {
    const player = conversation();
    player.answer(asks);
    order(player, { type: 'pause' });
    const paused = player.state;
    player.now = plusMs(START, 5000);
    order(player, { type: 'pause' });
    expect(player.state).toEqual(paused);
    order(player, { type: 'resume' });
    const resumed = player.state;
    expect(order(player, { type: 'resume' })).toEqual([]);
    expect(player.state).toEqual(resumed);
  });

  it('can be cancelled, and then forgets what it kept', () => {
    const player = conversation();
    player.answer(asks);
    order(player, { type: 'pause' });
    player.say('hello', 1);
    expect(order(player, { type: 'cancel', reason: 'enough' })).toEqual([{ type: 'withdraw' }]);
    expect(player.state).toMatchObject({ status: 'cancelled', reason: 'enough' });
    expect(player.state).not.toHaveProperty('held');
    expect(player.state).not.toHaveProperty('paused');
  });
});

describe('a failed run that is retried', () => {
  it('goes on with another try of the step that failed, under the same idempotency key', () => {
    const player = failedCall();
    player.now = plusMs(START, 3_600_000);
    order(player, { type: 'retry' });
    expect(player.last('run')).toMatchObject({ node: 'call', attempt: 1, step: 4 });
    expect(player.state).toMatchObject({ status: 'running', visits: { call: 1 }, steps: { first: { value: 'a' } } });
    for (const gone of ['error', 'stopped']) expect(player.state).not.toHaveProperty(gone);
    expect(player.state.expiresAt).toBe(plusMs(START, 30 * 86_400_000 + 3_600_000));
    player.answer({ kind: 'done', output: { id: '1' } });
    expect(player.last('run').node).toBe('done');
    expectReplayed(player);
  });

  it('goes on with a new visit of an earlier step', () => {
    const player = failedCall();
    order(player, { type: 'retry', from: 'second' });
    expect(player.last('run')).toMatchObject({ node: 'second' });
    expect(player.state.visits).toMatchObject({ second: 2, call: 1 });
    expectReplayed(player);
  });

  it('is retried once when that is ordered twice', () => {
    const player = failedCall();
    order(player, { type: 'retry' });
    const retried = player.state;
    expect(order(player, { type: 'retry' })).toEqual([]);
    expect(player.state).toEqual(retried);
  });

  it('can fail, and be retried, again', () => {
    const player = failedCall();
    order(player, { type: 'retry' });
    player.answer(fails);
    expect(player.state).toMatchObject({ status: 'failed', error: { code: 'http.410', node: 'call' } });
    order(player, { type: 'retry' });
    expect(player.state.status).toBe('running');
    expectReplayed(player);
  });

  it.each<[string, (player: Player) => ExecutionState, Order, string]>([
    ['a run that goes on', () => conversation().state, { type: 'retry' }, 'order.not_failed'],
    ['a node that was not visited', (player) => player.state, { type: 'retry', from: 'done' }, 'order.node'],
    ['a node that does not exist', (player) => player.state, { type: 'retry', from: 'nowhere' }, 'order.node'],
    [
      'a run at its ceiling',
      ({ state }) => ({ ...state, error: terminal('limit.sends', 'too many').failure }),
      { type: 'retry' },
      'order.ceiling',
    ],
  ])('is refused for %s', (_what, state, given, code) => {
    const player = failedCall();
    expect(decide(player.graph, state(player), given)).toMatchObject({ accepted: false, code });
  });
});

describe('in parallel branches', () => {
  /** A call behind another one in one branch, a question in the other; both branches are at work. */
  function branches(): Player {
    const player = new Player(
      graphOf([
        parallelOf('first', { a: 'call_a', b: 'ask_b' }, 'joined'),
        nodeOf('call_a', { ports: { next: 'late_a' } }),
        nodeOf('late_a', { ports: { next: 'joined' } }),
        nodeOf('ask_b', { spec: waiting, ports: { next: 'joined' } }),
        joinOf('joined', 'done'),
      ]),
    );
    player.start();
    player.answer({ kind: 'done' });
    return player;
  }

  function give(player: Player, node: string, outcome: NodeOutcome): void {
    const token = player.state.tokens.find((each) => each.node === node);
    if (token === undefined) throw new Error(`No branch stands on ${node}`);
    const { id, step } = token;
    player.give({ type: 'returned', at: player.now, token: id, step, node, attempt: 1, outcome, random: 0 });
  }

  function failInBranch(): Player {
    const player = branches();
    give(player, 'ask_b', asks);
    give(player, 'call_a', { kind: 'done' });
    give(player, 'late_a', fails);
    expect(player.state).toMatchObject({ status: 'failed', tokens: [] });
    return player;
  }

  it('a retry brings back the siblings as they stood', () => {
    const player = failInBranch();
    order(player, { type: 'retry' });
    expect(player.state.tokens.map(({ node, phase }) => [node, phase.kind]).sort()).toEqual([
      ['ask_b', 'waiting'],
      ['late_a', 'running'],
    ]);
    expect(player.commands).toMatchObject([{ type: 'run', node: 'late_a' }]);
    player.answer({ kind: 'done' });
    player.say('hello', player.state.tokens.find(({ node }) => node === 'ask_b')?.id);
    player.answer({ kind: 'done', output: { value: 'hello' } });
    expect(player.last('run').node).toBe('joined');
    expectReplayed(player);
  });

  it('a retry goes back within its branch, or to the fork before all, but not into a sibling', () => {
    const player = failInBranch();
    expect(decide(player.graph, player.state, { type: 'retry', from: 'ask_b' })).toMatchObject({ code: 'order.node' });
    order(player, { type: 'retry', from: 'call_a' });
    expect(player.state.tokens.map(({ node }) => node).sort()).toEqual(['ask_b', 'call_a']);

    const other = failInBranch();
    order(other, { type: 'retry', from: 'first' });
    expect(other.state.tokens.map(({ node }) => node)).toEqual(['first']);
    expect(other.state.regions).toBeUndefined();
    expectReplayed(other);
  });

  it('a pause holds all of them, and only what is skipped leaves', () => {
    const player = branches();
    give(player, 'call_a', calls);
    give(player, 'ask_b', asks);
    order(player, { type: 'pause' });
    player.settle(1, { outcome: 'done', data: 1 });
    expect(player.state).toMatchObject({ status: 'paused', held: [{ type: 'effect' }] });
    order(player, { type: 'resume' });
    expect(player.last('resume')).toMatchObject({ node: 'call_a', signal: { result: { data: 1 } } });
    order(player, { type: 'skip', node: 'ask_b' });
    expect(player.state).toMatchObject({ tokens: [{ node: 'call_a' }], regions: [{ arrived: [{ branch: 'b' }] }] });
    expectReplayed(player);
  });

  it('a sibling hears the result that came after the run had failed', () => {
    const player = branches();
    give(player, 'ask_b', calls);
    give(player, 'call_a', fails);
    expect(player.state.status).toBe('failed');
    player.settle(1, { outcome: 'done', data: 'late' });
    order(player, { type: 'retry' });
    expect(player.commands).toContainEqual(expect.objectContaining({ type: 'resume', node: 'ask_b' }));
    expectReplayed(player);
  });
});

describe('a step that is skipped', () => {
  it('leaves a wait with the given output, as if the node had answered', () => {
    const player = conversation();
    player.answer(asks);
    order(player, { type: 'skip', node: 'first', output: { value: 'given' } });
    expect(player.state.steps).toEqual({ first: { value: 'given' } });
    expect(player.last('run').node).toBe('second');
    expectReplayed(player);
  });

  it('leaves by another port', () => {
    const player = conversation();
    player.answer(asks);
    order(player, { type: 'skip', node: 'first', port: 'timeout' });
    expect(player.last('run').node).toBe('done');
  });

  it('has a failed run go on behind it', () => {
    const player = failedCall();
    order(player, { type: 'skip', node: 'call', output: { id: 'by hand' } });
    expect(player.state).toMatchObject({ status: 'running', steps: { call: { id: 'by hand' } } });
    expect(player.last('run').node).toBe('done');
    expectReplayed(player);
  });

  it('is the one that was meant: a later visit of the node stays', () => {
    const player = conversation();
    player.answer(asks);
    const decision = decide(player.graph, player.state, { type: 'skip', node: 'first' });
    if (!decision.accepted) throw new Error(decision.reason);
    player.say('hello', 1);
    player.answer(fails);
    order(player, { type: 'retry', from: 'first' });
    player.answer(asks);
    expect(order(player, decision.order)).toEqual([]);
    expect(player.state.tokens[0]).toMatchObject({ node: 'first', phase: { kind: 'waiting' } });
  });

  it.each<[string, () => Player, Order, string]>([
    ['on another node', conversation, { type: 'skip', node: 'second' }, 'order.no_step'],
    ['at work', conversation, { type: 'skip', node: 'first' }, 'order.at_work'],
    ['without that port', failedCall, { type: 'skip', node: 'call', port: 'maybe', output: { id: '1' } }, 'order.port'],
    ['whose output does not fit', failedCall, { type: 'skip', node: 'call', output: { id: 1 } }, 'order.output'],
  ])('is refused for a step %s', (_what, make, given, code) => {
    const player = make();
    expect(decide(player.graph, player.state, given)).toMatchObject({ accepted: false, code });
    const before = player.state;
    expect(order(player, given)).toEqual([]);
    expect(player.state).toEqual(before);
  });
});

describe('an order for a run that has ended well', () => {
  it.each<Order>([
    { type: 'pause' },
    { type: 'resume' },
    { type: 'cancel', reason: 'late' },
    { type: 'retry' },
    { type: 'skip', node: 'first' },
  ])('is refused: $type', (given) => {
    const player = new Player(graphOf([nodeOf('first')]));
    player.start();
    player.answer({ kind: 'ended', status: 'completed' });
    expect(decide(player.graph, player.state, given)).toMatchObject({ accepted: false });
    const ended = player.state;
    order(player, given);
    expect(player.state).toEqual(ended);
  });
});
