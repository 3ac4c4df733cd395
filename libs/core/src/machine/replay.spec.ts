import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { graphOf, nodeOf, specOf, triggerOf } from './__fixtures__/graph.js';
import { CONTEXT, messageOf, START } from './__fixtures__/player.js';
import { nextDue } from './due.js';
import type { ExecutionEvent } from './event.js';
import { plusMs } from './instant.js';
import type { Effect, NodeOutcome } from './outcome.js';
import type { Order } from './order.js';
import { replay, stateHash } from './replay.js';
import type { ExecutionState } from './state.js';
import { type Transition, transition } from './transition.js';

const retry = { maxAttempts: 3, intervalMs: 1000, backoff: 2, maxIntervalMs: 4000, jitter: 'full' } as const;

/** A loop of an activity and an ask with every way out: retries, catches, bounded visits, a command, a gathered start. */
const graph = graphOf(
  [
    nodeOf('call', {
      ports: { next: 'ask', visits: 'done' },
      maxVisits: 4,
      retry,
      deadlineMs: 20_000,
      catch: [{ errors: ['http.4xx'], next: 'ask', save: 'problem' }],
    }),
    nodeOf('ask', { spec: specOf('waiting', 'value'), ports: { next: 'call', timeout: 'call' }, save: 'answer', retry }),
    nodeOf('sorry', { ports: { next: 'done' } }),
  ],
  {
    vars: { problem: { schema: {} }, answer: { schema: { type: 'string' } } },
    limits: { maxSteps: 12, maxDurationMs: 200_000, maxSends: 6 },
    defaultCatch: [{ errors: ['*'], next: 'sorry' }],
    commands: [{ keywords: ['stop'], next: 'sorry' }],
    triggers: {
      hello: triggerOf('hello'),
      burst: triggerOf('burst', { session: { key: 'contact', onActive: 'resume', debounceMs: 2000, maxDebounceMs: 6000 } }),
    },
  },
);

const send: Effect = { kind: 'message', message: { type: 'content', text: 'Hi' }, onUnknown: 'resend', notify: 'accepted' };

type Answer = (at: string) => NodeOutcome;

const outcomes: fc.Arbitrary<Answer> = fc.oneof(
  fc.constantFrom<Answer>(
    () => ({ kind: 'done', output: { value: 'x' } }),
    () => ({ kind: 'done', output: { value: 1 } }),
    () => ({ kind: 'done', port: 'timeout', effects: [send] }),
    (at) => ({ kind: 'waiting', wait: { messages: 'answer', until: plusMs(at, 9000), memory: { n: 1 } } }),
    () => ({ kind: 'waiting', wait: { effects: true }, effects: [send, send] }),
    () => ({ kind: 'waiting', wait: { effects: true } }),
    () => ({ kind: 'ended', status: 'completed', output: { n: 1 } }),
  ),
  fc.constantFrom('http.503', 'http.404', 'timeout', 'expr.failed').map((code): Answer => () => {
    const kind = code === 'http.503' || code === 'timeout' ? 'retryable' : 'terminal';
    return { kind: 'failed', failure: { code, kind, message: 'no' } };
  }),
);

/** What may happen next, as a function of where the run stands: answers, repeats, messages, timers, results, a cancel. */
type Happening = (state: ExecutionState, history: readonly ExecutionEvent[], at: string) => ExecutionEvent | null;

const answers = fc
  .tuple(outcomes, fc.double({ min: 0, max: 0.999, noNaN: true }))
  .map(([outcome, random]): Happening => (state, _history, at) => {
    const token = state.tokens.find(({ phase }) => phase.kind === 'running');
    if (token === undefined) return null;
    return {
      type: 'returned',
      at,
      token: token.id,
      step: token.step,
      node: token.node,
      attempt: token.attempt,
      outcome: outcome(at),
      random,
    };
  });
const repeats = fc.nat(30).map((index): Happening => (_state, history, at) => {
  const earlier = history[index];
  return earlier?.type === 'returned' ? { ...earlier, at } : null;
});
const messages = fc.constantFrom('hello', 'stop').map((text): Happening => (state, _history, at) => ({
  type: 'message',
  at,
  receivedAt: at,
  message: messageOf(text),
  ...(state.gathering === undefined ? { token: 1 } : {}),
}));
const timers = fc.constant<Happening>((_state, _history, at) => ({ type: 'timer', at }));
const results = fc.tuple(fc.nat(8), fc.boolean()).map(([seq, good]): Happening => (_state, _history, at) => ({
  type: 'effect',
  at,
  seq,
  result: good
    ? { outcome: 'done', data: { seq } }
    : { outcome: 'failed', failure: { code: 'channel.throttled', kind: 'retryable', message: 'slow' } },
}));
const cancels = fc.constant<Happening>((_state, _history, at) => ({ type: 'cancelled', at, reason: 'test' }));

const orders = fc
  .constantFrom<Order>(
    { type: 'pause' },
    { type: 'resume' },
    { type: 'resume' },
    { type: 'retry' },
    { type: 'retry', from: 'call' },
    { type: 'skip', node: 'ask', output: { value: 'x' } },
    { type: 'skip', node: 'call', port: 'visits' },
  )
  .map((order): Happening => (_state, _history, at) => ({ type: 'ordered', at, order }));

const happenings = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 8, arbitrary: answers },
      { weight: 2, arbitrary: repeats },
      { weight: 3, arbitrary: messages },
      { weight: 4, arbitrary: timers },
      { weight: 3, arbitrary: results },
      { weight: 1, arbitrary: cancels },
      { weight: 4, arbitrary: orders },
    ),
    fc.integer({ min: 0, max: 10_000 }),
  ),
  { maxLength: 40 },
);

describe('any run', () => {
  it('is replayed from its history to the same state, and always has something that will move it on', () => {
    fc.assert(
      fc.property(fc.constantFrom('hello', 'burst'), happenings, (trigger, list) => {
        const history: ExecutionEvent[] = [
          { type: 'started', at: START, executionId: 'run-1', trigger, event: {}, context: CONTEXT, message: messageOf('hi') },
        ];
        let state = transition(graph, null, history[0]!).state;
        let at = START;
        for (const [happening, ms] of list) {
          at = plusMs(at, ms);
          const event = happening(state, history, at);
          if (event === null) continue;
          history.push(event);
          const after = transition(graph, deepFreeze(state), event);
          if (isEnded(state) && event.type !== 'ordered')
            expect(withoutHeld(after)).toEqual(withoutHeld({ state, commands: [] }));
          if (state.status === 'paused' && after.state.status === 'paused') {
            expect(after.commands).toEqual([]);
            expect(after.state.tokens).toEqual(state.tokens);
          }
          state = after.state;
          expectAlive(state);
        }
        const replayed = replay(graph, history);
        expect(replayed).toEqual(state);
        expect(stateHash(replayed)).toBe(stateHash(state));
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
      { numRuns: 300 },
    );
  });

  it('has no state without a history', () => {
    expect(() => replay(graph, [])).toThrow('at least one event');
  });

  it('has one hash for one state, in whatever order its keys stand', () => {
    const state = replay(graph, [
      { type: 'started', at: START, executionId: 'run-1', trigger: 'hello', event: { a: 1, b: 2 }, context: CONTEXT },
    ]);
    const turned: ExecutionState = { ...Object.fromEntries(Object.entries(state).reverse()), ...state, event: { b: 2, a: 1 } };
    expect(stateHash(turned)).toBe(stateHash(state));
    expect(stateHash({ ...state, event: { a: 1, b: 3 } })).not.toBe(stateHash(state));
  });
});

function isEnded({ status }: ExecutionState): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** A failed run may keep the result of an effect for when it is retried. */
function withoutHeld({ state: { held: _held, ...state }, commands }: Transition): unknown {
  return { state, commands };
}

/** A live run has a token at work, or waits for a time, a message or an effect. An ended one has nothing left. */
function expectAlive(state: ExecutionState): void {
  if (isEnded(state)) {
    expect(state.tokens).toEqual([]);
    expect(state.gathering).toBeUndefined();
    expect(nextDue(state)).toBeNull();
    return;
  }
  expect(nextDue(state)).not.toBeNull();
  expect(state.counters.steps).toBeLessThanOrEqual(graph.limits.maxSteps);
  expect(state.counters.sends).toBeLessThanOrEqual(graph.limits.maxSends);
  const isAtWork = state.tokens.some(({ phase }) => phase.kind === 'running');
  expect(state.status).toBe(state.paused !== undefined ? 'paused' : isAtWork ? 'running' : 'waiting');
  if (state.gathering !== undefined) {
    expect(state.tokens).toEqual([]);
    return;
  }
  expect(state.tokens).toHaveLength(1);
  const [token] = state.tokens;
  if (token?.phase.kind !== 'waiting') return;
  const { wait, pendingEffects } = token.phase;
  expect(wait.until !== undefined || wait.messages !== undefined || pendingEffects.length > 0).toBe(true);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
