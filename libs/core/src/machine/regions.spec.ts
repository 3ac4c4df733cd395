import { describe, expect, it } from '@jest/globals';
import { terminal } from '../failure.js';
import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { JsonObject } from '../json.js';
import { graphOf, nodeOf, specOf } from './__fixtures__/graph.js';
import { Player } from './__fixtures__/player.js';
import { foreachOf, joinOf, parallelOf } from './__fixtures__/regions.js';
import { pendingCommands } from './due.js';
import type { NodeOutcome } from './outcome.js';
import { replay } from './replay.js';
import { scopeOf } from './scope.js';
import type { Token } from './state.js';

const broken = (code = 'http.404'): NodeOutcome => ({ kind: 'failed', failure: { code, kind: 'terminal', message: 'no' } });
const done = (output: JsonObject = {}): NodeOutcome => ({ kind: 'done', output });
const waiting = nodeOf('ask', { spec: specOf('waiting'), ports: { next: 'meet' } });

class RegionPlayer extends Player {
  /** The token on a node; of several, the one with this item or branch. */
  at(node: string, branch?: string): Token {
    const found = this.state.tokens.find((token) => token.node === node && (branch ?? token.branch?.name) === token.branch?.name);
    if (found === undefined) throw new Error(`No token on "${node}"`);
    return found;
  }

  do(node: string, outcome: NodeOutcome = done(), branch?: string) {
    const { id, step, attempt } = this.at(node, branch);
    return this.give({ type: 'returned', at: this.now, token: id, step, node, attempt, outcome, random: 0.5 });
  }

  get standing(): string[] {
    return this.state.tokens.map(({ node, branch }) => (branch === undefined ? node : `${node}@${branch.name}`));
  }

  steps(token: Token | null): JsonObject | undefined {
    return scopeOf(this.graph, this.state, token, this.now).steps;
  }
}

function begin(graph: CompiledGraph): RegionPlayer {
  const player = new RegionPlayer(graph);
  player.start();
  return player;
}

const both = (mode: 'all' | 'any' | number = 'all', errors: 'fail' | 'collect' = 'fail', more = {}) =>
  graphOf([
    parallelOf('fork', { left: 'call', right: 'ask' }, 'meet'),
    nodeOf('call', { ports: { next: 'meet' } }),
    waiting,
    joinOf('meet', 'done', { mode, errors }, more),
    nodeOf('sorry'),
  ]);

describe('a parallel', () => {
  it('gives each branch a token, and asks for all their nodes at once', () => {
    const player = begin(both());
    const commands = player.do('fork');
    expect(player.standing).toEqual(['call@left', 'ask@right']);
    expect(commands.map((command) => command.type === 'run' && command.node)).toEqual(['call', 'ask']);
    expect(pendingCommands(player.graph, player.state)).toEqual(commands);
  });

  it('waits in one branch while the other goes on, and meets when both have arrived', () => {
    const player = begin(both());
    player.do('fork');
    player.do('ask', { kind: 'waiting', wait: { messages: 'answer' } });
    player.do('call', done({ body: 1 }));
    expect(player.standing).toEqual(['ask@right']);
    expect(player.state.status).toBe('waiting');
    player.say('yes', player.at('ask').id);
    player.do('ask', done({ value: 'yes' }));
    expect(player.standing).toEqual(['meet']);
    player.do('meet');
    expect(player.state.steps).toEqual({
      call: { body: 1 },
      ask: { value: 'yes' },
      meet: { arrived: ['left', 'right'], failed: {} },
    });
    expect(player.state.regions).toBeUndefined();
    expect(player.standing).toEqual(['done']);
  });

  it('hides the steps of a branch from its siblings until they meet', () => {
    const player = begin(both());
    player.do('fork');
    player.do('call', done({ body: 1 }));
    expect(player.steps(player.at('ask'))).toEqual({});
  });

  it('goes on with the first of any, cancels the rest, and lets its effects stand', () => {
    const player = begin(both('any'));
    player.do('fork');
    player.do('ask', {
      kind: 'waiting',
      wait: { messages: 'answer' },
      effects: [{ kind: 'message', message: { type: 'content', text: 'Hi' }, onUnknown: 'resend', notify: 'never' }],
    });
    const commands = player.do('call');
    expect(player.standing).toEqual(['meet']);
    expect(commands.map(({ type }) => type)).toEqual(['run']);
    expect(player.state.counters.sends).toBe(1);
  });

  it('asks for nothing any more that belongs to a cancelled branch', () => {
    const graph = both('any');
    graph.nodes['fork'] = parallelOf('fork', { right: 'ask', left: 'meet' }, 'meet');
    const player = begin(graph);
    const commands = player.do('fork');
    expect(commands.map((command) => command.type === 'run' && command.node)).toEqual(['meet']);
  });

  it('raises an error of a branch at its join, where it can be caught, and not at the catch of the document', () => {
    const graph = {
      ...both('all', 'fail', { catch: [{ errors: ['http.404'], next: 'sorry' }] }),
      defaultCatch: [{ errors: ['*'], next: 'done' }],
    };
    const player = begin(graph);
    player.do('fork');
    player.do('call', broken());
    expect(player.standing).toEqual(['sorry']);
  });

  it('fails the run by an error that its join does not catch', () => {
    const player = begin(both());
    player.do('fork');
    player.do('call', broken());
    expect(player.state).toMatchObject({ status: 'failed', error: { code: 'http.404', node: 'call' }, tokens: [] });
    expect(player.state.regions).toBeUndefined();
  });

  it('counts an error as arrived where the join collects', () => {
    const player = begin(both('all', 'collect'));
    player.do('fork');
    player.do('ask');
    player.do('call', broken());
    player.do('meet');
    expect(player.state.steps['meet']).toEqual({
      arrived: ['right'],
      failed: { left: { code: 'http.404', message: 'no', node: 'call', attempts: 1 } },
    });
  });

  it('is left by a command word, which cancels all of its branches', () => {
    const player = begin({ ...both(), commands: [{ keywords: ['stop'], next: 'sorry' }] });
    player.do('fork');
    player.do('ask', { kind: 'waiting', wait: { messages: 'answer' } });
    player.say('stop', player.at('ask').id);
    expect(player.standing).toEqual(['sorry']);
    expect(player.state.regions).toBeUndefined();
  });

  it('ends with the run when it is cancelled', () => {
    const player = begin(both());
    player.do('fork');
    player.give({ type: 'cancelled', at: player.now, reason: 'test' });
    expect(player.state).toMatchObject({ status: 'cancelled', tokens: [] });
    expect(player.state.regions).toBeUndefined();
  });
});

const each = (concurrency: number, join: Parameters<typeof joinOf>[2] = {}, more = {}) =>
  graphOf(
    [
      foreachOf('fork', 'call', 'meet', concurrency),
      nodeOf('call', { ports: { next: 'meet', visits: 'meet' }, maxVisits: 2 }),
      joinOf(
        'meet',
        'done',
        { collect: ({ each: one, steps }) => [one?.['item'] ?? null, steps?.['call'] ?? null], ...join },
        more,
      ),
    ],
    { limits: { maxSteps: 5000, maxDurationMs: 86_400_000, maxSends: 10 } },
  );

const over = (...items: string[]): NodeOutcome => done({ items });

describe('a foreach', () => {
  it('has as many items under way as its concurrency, and takes the next when one is over', () => {
    const player = begin(each(2));
    player.do('fork', over('a', 'b', 'c'));
    expect(player.standing).toEqual(['call@0', 'call@1']);
    player.do('call', done({ n: 1 }), '1');
    expect(player.standing).toEqual(['call@0', 'call@2']);
    expect(scopeOf(player.graph, player.state, player.at('call', '2'), player.now).each).toEqual({ item: 'c', index: 2 });
  });

  it('gives the collected values in the order of the items, whatever the order of their arrival', () => {
    const player = begin(each(3));
    player.do('fork', over('a', 'b', 'c'));
    for (const item of ['2', '0', '1']) player.do('call', done({ n: item }), item);
    player.do('meet');
    expect(player.state.steps).toEqual({
      meet: {
        items: [
          ['a', { n: '0' }],
          ['b', { n: '1' }],
          ['c', { n: '2' }],
        ],
        failed: [],
      },
    });
  });

  it('goes straight to its join without items', () => {
    const player = begin(each(2));
    player.do('fork', over());
    player.do('meet');
    expect(player.state.steps['meet']).toEqual({ items: [], failed: [] });
  });

  it('lists the items that failed where the join collects', () => {
    const player = begin(each(3, { errors: 'collect' }));
    player.do('fork', over('a', 'b'));
    player.do('call', broken('http.500'), '1');
    player.do('call', done(), '0');
    player.do('meet');
    expect(player.state.steps['meet']).toEqual({ items: [['a', {}]], failed: [{ index: 1, code: 'http.500', message: 'no' }] });
  });

  it('counts an error while it collects as an error of the item', () => {
    const collect = () => {
      throw terminal('expr.failed', 'there is nothing to collect');
    };
    const player = begin(each(2, { collect }, { catch: [{ errors: ['expr.failed'], next: 'done' }] }));
    player.do('fork', over('a', 'b'));
    player.do('call', done(), '0');
    expect(player.standing).toEqual(['done']);
  });

  it('raises join.short before it begins when there are fewer items than the join waits for', () => {
    const player = begin(each(3, { mode: 3 }, { catch: [{ errors: ['join.short'], next: 'done' }] }));
    const commands = player.do('fork', over('a', 'b'));
    expect(commands.map((command) => command.type === 'run' && command.node)).toEqual(['done']);
  });

  it('counts the visits of each item for itself, under keys of its own', () => {
    const player = begin(each(1));
    player.do('fork', over('a', 'b', 'c'));
    const keys = new Set<string | undefined>();
    for (const item of ['0', '1', '2']) {
      expect(player.at('call').visit).toBe(1);
      keys.add(scopeOf(player.graph, player.state, player.at('call'), player.now).step?.idempotencyKey);
      player.do('call', done(), item);
    }
    expect(keys.size).toBe(3);
  });

  it('saves the items, as the primary result of its join', () => {
    const graph = {
      ...each(1, {}, { save: 'all', spec: specOf('pure', 'items') }),
      vars: { all: { schema: { type: 'array' as const } } },
    };
    const player = begin(graph);
    player.do('fork', over('a'));
    player.do('call');
    player.do('meet');
    expect(player.state.vars['all']).toEqual([['a', {}]]);
  });

  it('over a thousand items keeps its state small: tokens only for those under way', () => {
    const graph = each(20, { errors: 'collect' });
    const items = Array.from({ length: 1000 }, (_, index) => `item ${index}`);
    const player = begin(graph);
    player.do('fork', over(...items));
    expect(player.state.tokens).toHaveLength(20);
    expect(JSON.stringify(player.state).length).toBeLessThan(30_000);

    for (let left = 1000; left > 0; left -= 1) player.do('call', done());
    expect(JSON.stringify(player.state).length).toBeLessThan(90_000);
    player.do('meet');
    expect(player.state.steps['meet']).toMatchObject({ items: { length: 1000 } });
    expect(replay(graph, player.history)).toEqual(player.state);
  });
});

describe('a foreach whose items all fail at once', () => {
  it('needs no deep stack', () => {
    const graph = each(1, { errors: 'collect' });
    graph.nodes['call'] = nodeOf('call', {
      ports: { next: 'meet' },
      render: () => {
        throw terminal('expr.failed', 'no');
      },
    });
    const player = begin(graph);
    player.do('fork', over(...Array.from({ length: 1000 }, String)));
    player.do('meet');
    expect(player.state.steps['meet']).toMatchObject({ items: [], failed: { length: 1000 } });
  });
});

describe('a parallel in a foreach', () => {
  const graph = graphOf([
    foreachOf('fork', 'split', 'meet', 2),
    parallelOf('split', { left: 'call', right: 'call' }, 'inner'),
    nodeOf('call', { ports: { next: 'inner' } }),
    joinOf('inner', 'after'),
    nodeOf('after', { ports: { next: 'meet' } }),
    joinOf('meet', 'done', { collect: ({ steps }) => Object.keys(steps ?? {}) }),
  ]);

  it('lets its branches see the item, and the iteration see its branches behind their join, but nobody else', () => {
    const player = begin(graph);
    player.do('fork', over('a', 'b'));
    player.do('split', done(), '0');
    expect(player.standing).toEqual(['split@1', 'call@left', 'call@right']);
    expect(scopeOf(graph, player.state, player.at('call', 'left'), player.now).each).toEqual({ item: 'a', index: 0 });
    player.do('call', done(), 'left');
    player.do('call', done(), 'right');
    player.do('inner');
    expect(Object.keys(player.steps(player.at('after')) ?? {})).toEqual(['call', 'inner']);
    expect(player.steps(player.at('split'))).toEqual({});
    player.do('after');
    player.do('split');
    for (const branch of ['left', 'right']) player.do('call', done(), branch);
    player.do('inner');
    player.do('after');
    player.do('meet');
    expect(player.state.steps).toEqual({
      meet: {
        items: [
          ['call', 'inner', 'after'],
          ['call', 'inner', 'after'],
        ],
        failed: [],
      },
    });
    expect(player.state.visits).not.toHaveProperty('call');
  });

  it('raises an inner error outwards through both joins', () => {
    const player = begin(graph);
    player.do('fork', over('a', 'b'));
    player.do('split', done(), '0');
    player.do('call', broken(), 'left');
    expect(player.state).toMatchObject({ status: 'failed', error: { code: 'http.404', node: 'call' } });
  });
});
