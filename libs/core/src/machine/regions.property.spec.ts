import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CompiledGraph, CompiledJoin, CompiledNode } from '../graph/compiled-graph.js';
import { graphOf, nodeOf, specOf } from './__fixtures__/graph.js';
import { CONTEXT, messageOf, START } from './__fixtures__/player.js';
import { foreachOf, joinOf, parallelOf } from './__fixtures__/regions.js';
import type { Command } from './command.js';
import { nextDue, pendingCommands } from './due.js';
import type { ExecutionEvent } from './event.js';
import { plusMs } from './instant.js';
import type { Effect, NodeOutcome } from './outcome.js';
import { replay, stateHash } from './replay.js';
import { scopeOf } from './scope.js';
import type { ExecutionState, Region, Token } from './state.js';
import { transition } from './transition.js';

/** A piece of a random workflow. */
type Block =
  | { kind: 'step' }
  | { kind: 'parallel'; branches: Block[][]; join: Pick<CompiledJoin, 'mode' | 'errors'>; catches: boolean }
  | { kind: 'foreach'; body: Block[]; concurrency: number; join: Pick<CompiledJoin, 'mode' | 'errors'>; catches: boolean };

const join = fc.record({
  mode: fc.constantFrom<CompiledJoin['mode']>('all', 'all', 'any', 2, 3),
  errors: fc.constantFrom('fail', 'collect'),
});
const step = fc.constant<Block>({ kind: 'step' });

/** Regions at most `depth` deep, and no foreach in a foreach. */
function blocks(depth: number, withForeach: boolean): fc.Arbitrary<Block[]> {
  if (depth === 0) return fc.array(step, { minLength: 0, maxLength: 2 });
  const parallel = fc.record({
    kind: fc.constant('parallel'),
    branches: fc.array(blocks(depth - 1, withForeach), { minLength: 2, maxLength: 3 }),
    join,
    catches: fc.boolean(),
  });
  const foreach = fc.record({
    kind: fc.constant('foreach'),
    body: blocks(depth - 1, false),
    concurrency: fc.integer({ min: 1, max: 3 }),
    join,
    catches: fc.boolean(),
  });
  return fc.array(withForeach ? fc.oneof(step, parallel, foreach) : fc.oneof(step, parallel), { minLength: 1, maxLength: 3 });
}

const retry = { maxAttempts: 2, intervalMs: 1000, backoff: 2, maxIntervalMs: 4000, jitter: 'none' } as const;

function graphFrom(workflow: Block[]): CompiledGraph {
  const nodes: CompiledNode[] = [];
  /** Builds a sequence from its end, and gives the node with which it begins. */
  const sequence = (list: Block[], end: string): string => list.reduceRight((next, block) => build(block, next), end);
  const build = (block: Block, next: string): string => {
    const id = `n${nodes.length}`;
    if (block.kind === 'step') {
      nodes.push(nodeOf(id, { spec: specOf('waiting'), ports: { next }, retry }));
      return id;
    }
    const close = `${id}_join`;
    nodes.push(
      joinOf(close, next, { ...block.join, collect: ({ each }) => each?.['item'] ?? null }, catching(block.catches, next)),
    );
    if (block.kind === 'foreach') nodes.push(foreachOf(id, sequence(block.body, close), close, block.concurrency));
    else {
      const branches = block.branches.map((branch, index): [string, string] => [`b${index}`, sequence(branch, close)]);
      nodes.push(parallelOf(id, Object.fromEntries(branches), close));
    }
    return id;
  };
  const start = sequence(workflow, 'done');
  return graphOf(nodes, {
    start,
    limits: { maxSteps: 400, maxDurationMs: 10_000_000, maxSends: 60 },
    commands: [{ keywords: ['stop'], next: 'done' }],
  });
}

const catching = (catches: boolean, next: string): Partial<CompiledNode> => (catches ? { catch: [{ errors: ['*'], next }] } : {});

const send: Effect = { kind: 'message', message: { type: 'content', text: 'Hi' }, onUnknown: 'resend', notify: 'accepted' };

/** Which of the things that may happen now does, by random numbers: `pick` chooses the token, `what` the event. */
interface Happening {
  pick: number;
  what: number;
  items: number;
  ms: number;
}

const happenings = fc.array(fc.record({ pick: fc.nat(50), what: fc.nat(99), items: fc.nat(4), ms: fc.nat(3000) }), {
  maxLength: 60,
});

function eventOf(
  { pick, what, items }: Happening,
  graph: CompiledGraph,
  state: ExecutionState,
  at: string,
): ExecutionEvent | null {
  const at1 = <T>(list: readonly T[]): T | undefined => list[pick % Math.max(1, list.length)];
  if (what < 60) {
    const token = at1(state.tokens.filter(({ phase }) => phase.kind === 'running'));
    return token === undefined ? null : returned(token, outcomeOf(graph, token, what, items, at), at);
  }
  if (what < 72) return { type: 'timer', at };
  if (what < 84) {
    const token = at1(state.tokens.filter(({ phase }) => phase.kind === 'waiting'));
    const text = what < 74 ? 'stop' : 'hello';
    return token === undefined ? null : { type: 'message', at, receivedAt: at, message: messageOf(text), token: token.id };
  }
  if (what < 97) {
    const seqs = state.tokens.flatMap(({ phase }) => (phase.kind === 'retrying' ? [] : (phase.pendingEffects ?? [])));
    return { type: 'effect', at, seq: at1(seqs) ?? pick, result: { outcome: 'done', data: {} } };
  }
  return what === 97 ? { type: 'cancelled', at, reason: 'test' } : { type: 'context', at, context: CONTEXT };
}

function outcomeOf(graph: CompiledGraph, token: Token, what: number, items: number, at: string): NodeOutcome {
  const node = graph.nodes[token.node];
  if (node?.fork !== undefined)
    return { kind: 'done', output: { items: Array.from({ length: items }, (_, index) => `item ${index}`) } };
  if (node?.join !== undefined || what < 25) return { kind: 'done', output: { n: what } };
  if (what < 35) return { kind: 'waiting', wait: { messages: 'answer', until: plusMs(at, 2000) } };
  if (what < 45) return { kind: 'waiting', wait: { effects: true, until: plusMs(at, 9000) }, effects: [send] };
  const kind = what < 52 ? 'retryable' : 'terminal';
  return { kind: 'failed', failure: { code: kind === 'retryable' ? 'http.503' : 'http.404', kind, message: 'no' } };
}

const returned = ({ id, step, node, attempt }: Token, outcome: NodeOutcome, at: string): ExecutionEvent => ({
  type: 'returned',
  at,
  token: id,
  step,
  node,
  attempt,
  outcome,
  random: 0.5,
});

/** A run that is played, with everything checked after every event. */
class CheckedRun {
  readonly history: ExecutionEvent[] = [];
  readonly keys = new Map<string, number>();
  state: ExecutionState;

  constructor(readonly graph: CompiledGraph) {
    const started: ExecutionEvent = {
      type: 'started',
      at: START,
      executionId: 'run-1',
      trigger: 'hello',
      event: {},
      context: CONTEXT,
    };
    this.history.push(started);
    this.state = transition(graph, null, started).state;
  }

  give(event: ExecutionEvent): void {
    const before = this.state;
    const { state, commands } = transition(this.graph, before, event);
    this.history.push(event);
    this.state = state;
    expectSound(this.graph, state);
    expectCommandsFor(state, commands);
    for (const region of before.regions ?? []) expectKeptOrClosedOnce(region, before, state);
    for (const token of state.tokens.filter(({ attempt, phase }) => attempt === 1 && phase.kind === 'running'))
      this.noteKey(token);
  }

  /** Every step has a key of its own, and only that step has it. */
  private noteKey(token: Token): void {
    const key = scopeOf(this.graph, this.state, token, token.enteredAt).step?.idempotencyKey ?? '';
    expect(this.keys.get(key) ?? token.step).toBe(token.step);
    this.keys.set(key, token.step);
  }
}

function expectSound(graph: CompiledGraph, state: ExecutionState): void {
  const regions = state.regions ?? [];
  if (isEnded(state)) {
    expect(state.tokens).toEqual([]);
    expect(state.regions).toBeUndefined();
    return;
  }
  expect(nextDue(state)).not.toBeNull();
  expect(state.regions).not.toEqual([]);
  const all = [...state.tokens, ...regions.map(({ owner }) => owner)];
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(all.filter(({ branch }) => branch === undefined)).toHaveLength(1);
  for (const { branch } of all) expect(branch === undefined || regions.some(({ id }) => id === branch.region)).toBe(true);
  for (const region of regions) {
    const live = all.filter(({ branch }) => branch?.region === region.id);
    const names = [
      ...live.map(({ branch }) => branch?.name ?? ''),
      ...[...region.arrived, ...region.failed].map(({ branch }) => branch),
    ];
    expect(live.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length + region.rest.length).toBe(region.size);
    const fork = graph.nodes[region.owner.node]?.fork;
    if (fork?.kind === 'foreach') expect(live.length).toBeLessThanOrEqual(fork.concurrency);
  }
}

/** Nothing is asked for on behalf of a token that is gone, and what is asked for could be asked again after a crash. */
function expectCommandsFor(state: ExecutionState, commands: readonly Command[]): void {
  for (const command of commands) {
    if (command.type !== 'run' && command.type !== 'resume') continue;
    expect(
      state.tokens.some(({ id, step: made, phase }) => id === command.token && made === command.step && phase.kind === 'running'),
    ).toBe(true);
  }
}

/** A region that closes gives its owner back, once, and leaves none of its tokens behind. */
function expectKeptOrClosedOnce(region: Region, before: ExecutionState, after: ExecutionState): void {
  if (isEnded(after) || after.regions?.some(({ id }) => id === region.id) === true) return;
  const all = [...after.tokens, ...(after.regions ?? []).map(({ owner }) => owner)];
  expect(all.filter(({ branch }) => branch?.region === region.id)).toEqual([]);
  const outerIsOpen =
    region.owner.branch === undefined || after.regions?.some(({ id }) => id === region.owner.branch?.region) === true;
  const lives = all.filter(({ id }) => id === region.owner.id).length;
  expect(before.tokens.some(({ id }) => id === region.owner.id)).toBe(false);
  if (region.owner.branch === undefined) expect(lives).toBe(1);
  // It may have gone on over the join and arrived in the outer region at once, but it is never there twice.
  else expect(lives).toBeLessThanOrEqual(outerIsOpen ? 1 : 0);
}

const isEnded = ({ status }: ExecutionState): boolean => ['completed', 'failed', 'cancelled'].includes(status);

describe('any nest of regions', () => {
  it('keeps its tokens in order under every interleaving, is replayed to the same state, and comes to an end', () => {
    fc.assert(
      fc.property(blocks(2, true), happenings, (workflow, list) => {
        const graph = graphFrom(workflow);
        const run = new CheckedRun(graph);
        let at = START;
        for (const happening of list) {
          at = plusMs(at, happening.ms);
          const event = eventOf(happening, graph, run.state, at);
          if (event !== null) run.give(event);
        }
        const replayed = replay(graph, run.history);
        expect(stateHash(replayed)).toBe(stateHash(run.state));
        const stored = JSON.parse(JSON.stringify(run.state)) as ExecutionState;
        expect(stored).toEqual(run.state);
        expect(pendingCommands(graph, stored)).toHaveLength(
          run.state.tokens.filter(({ phase }) => phase.kind === 'running').length,
        );

        // Whoever is at work answers, and time passes for the others: no token is left that nothing moves on.
        for (let turns = 0; turns < 600 && !isEnded(run.state); turns += 1) {
          const token = run.state.tokens.find(({ phase }) => phase.kind === 'running');
          at = nextDue(run.state) ?? at;
          if (token === undefined) run.give({ type: 'timer', at });
          else run.give(returned(token, finalOutcome(graph, token), at));
        }
        expect(isEnded(run.state)).toBe(true);
      }),
      { numRuns: 250 },
    );
  });
});

function finalOutcome(graph: CompiledGraph, token: Token): NodeOutcome {
  return token.node === 'done' ? { kind: 'ended', status: 'completed' } : outcomeOf(graph, token, 0, 2, START);
}
