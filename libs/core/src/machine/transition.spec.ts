import { describe, expect, it } from '@jest/globals';
import { terminal } from '../failure.js';
import { graphOf, nodeOf, specOf } from './__fixtures__/graph.js';
import { CONTEXT, Player, START } from './__fixtures__/player.js';
import { nextDue, pendingCommands } from './due.js';
import type { MessageEffect } from './outcome.js';

const waiting = specOf('waiting');
const send: MessageEffect = { kind: 'message', message: { type: 'content', text: 'Hi' }, onUnknown: 'resend', notify: 'never' };
const asks = { kind: 'waiting', wait: { messages: 'answer', until: '2026-03-02T17:30:00.000Z' } } as const;

describe('a run', () => {
  it('begins at the first node with the defaults of its variables and what the trigger assigns', () => {
    const graph = graphOf([nodeOf('first')], {
      vars: { a: { schema: { type: 'string' }, default: 'x' }, b: { schema: { type: 'string' } } },
    });
    graph.triggers['hello'] = {
      ...graph.triggers['hello']!,
      assign: { b: (scope) => JSON.stringify([scope.vars?.['a'], scope.event?.['text']]) },
    };
    const player = new Player(graph);
    player.start({ event: { text: 'y' } });
    expect(player.state.vars).toEqual({ a: 'x', b: '["x","y"]' });
    expect(player.last('run')).toMatchObject({ node: 'first', attempt: 1, step: 1, token: 1 });
    expect(player.state.status).toBe('running');
  });

  it('fails with the reason when a trigger value does not fit its variable', () => {
    const graph = graphOf([nodeOf('first')], { vars: { n: { schema: { type: 'integer' } } } });
    graph.triggers['hello'] = { ...graph.triggers['hello']!, assign: { n: () => 'many' } };
    const player = new Player(graph);
    expect(player.start()).toEqual([]);
    expect(player.state).toMatchObject({ status: 'failed', error: { code: 'vars.invalid' }, tokens: [] });
    expect(player.state.error?.message).not.toContain('many');
  });

  it('stores the output of a node, its primary result and what it assigns, in the order of the document', () => {
    const graph = graphOf(
      [
        nodeOf('first', {
          spec: specOf('activity', 'value'),
          save: 'a',
          assign: {
            b: ({ output }) => (output as { value: string }).value.toUpperCase(),
            c: ({ vars }) => JSON.stringify(vars?.['b']),
          },
        }),
      ],
      { vars: { a: { schema: { type: 'string' } }, b: { schema: { type: 'string' } }, c: { schema: { type: 'string' } } } },
    );
    const player = new Player(graph);
    player.start();
    player.answer({ kind: 'done', output: { value: 'x', more: 1 } });
    expect(player.state.steps).toEqual({ first: { value: 'x', more: 1 } });
    expect(player.state.vars).toEqual({ a: 'x', b: 'X', c: '"X"' });
    expect(player.last('run').node).toBe('done');
  });

  it('keeps all variables as they were when one of several assignments does not fit', () => {
    const graph = graphOf(
      [nodeOf('first', { assign: { a: () => 'new', b: () => 1 }, catch: [{ errors: ['vars.*'], next: 'done' }] })],
      {
        vars: { a: { schema: { type: 'string' }, default: 'old' }, b: { schema: { type: 'string' } } },
      },
    );
    const player = new Player(graph);
    player.start();
    player.answer({ kind: 'done' });
    expect(player.state.vars).toEqual({ a: 'old' });
    expect(player.last('run').node).toBe('done');
  });

  it('raises output.invalid when the primary result does not fit the schema of the node', () => {
    const graph = graphOf([
      nodeOf('first', {
        spec: specOf('activity', 'body'),
        output: { type: 'object', required: ['company'], properties: { company: { type: 'string' } } },
      }),
    ]);
    const player = new Player(graph);
    player.start();
    player.answer({ kind: 'done', output: { status: 200, body: {} } });
    expect(player.state.error).toMatchObject({ code: 'output.invalid', node: 'first' });
    expect(player.state.steps).toEqual({});
  });

  it('saves and assigns nothing when it leaves by another port', () => {
    const graph = graphOf([nodeOf('first', { ports: { next: 'done', timeout: 'done' }, assign: { a: () => 'x' } })], {
      vars: { a: { schema: { type: 'string' } } },
    });
    const player = new Player(graph);
    player.start();
    player.answer({ kind: 'done', port: 'timeout' });
    expect(player.state.vars).toEqual({});
    expect(player.last('run').node).toBe('done');
  });

  it('counts a port that is optional and not wired as success', () => {
    const player = new Player(
      graphOf([nodeOf('first', { assign: { a: () => 'x' } })], { vars: { a: { schema: { type: 'string' } } } }),
    );
    player.start();
    player.answer({ kind: 'done', port: 'past' });
    expect(player.state.vars).toEqual({ a: 'x' });
  });

  it('ends as its end node says and forgets its tokens', () => {
    const player = new Player(graphOf([nodeOf('first')]));
    player.start();
    expect(player.answer({ kind: 'ended', status: 'completed', reason: 'enough', output: { n: 1 } })).toEqual([]);
    expect(player.state).toMatchObject({ status: 'completed', reason: 'enough', output: { n: 1 }, tokens: [] });
    expect(nextDue(player.state)).toBeNull();
  });

  it('stays as it is after its end, whatever comes', () => {
    const player = new Player(graphOf([nodeOf('first')]));
    player.start();
    player.answer({ kind: 'ended', status: 'completed' });
    const ended = player.state;
    player.pass(60_000);
    player.give({ type: 'cancelled', at: player.now, reason: 'late' });
    player.say('hello', 1);
    expect(player.state).toBe(ended);
    expect(player.commands).toEqual([]);
  });

  it('withdraws what is unsent when it is cancelled', () => {
    const player = new Player(graphOf([nodeOf('first')]));
    player.start();
    expect(player.give({ type: 'cancelled', at: player.now, reason: 'operator' })).toEqual([{ type: 'withdraw' }]);
    expect(player.state).toMatchObject({ status: 'cancelled', reason: 'operator' });
  });

  it('ignores an answer that comes twice', () => {
    const player = new Player(graphOf([nodeOf('first', { spec: waiting })]));
    player.start();
    player.answer(asks);
    const [, answered] = player.history;
    expect(player.give(answered!)).toEqual([]);
    expect(player.state.tokens[0]?.phase.kind).toBe('waiting');
  });

  it('refuses to begin with anything but its start', () => {
    expect(() => new Player(graphOf([])).give({ type: 'timer', at: START })).toThrow('must be "started"');
  });

  it('fails with broken when the engine cannot go on', () => {
    const player = new Player(graphOf([nodeOf('first')]));
    player.start();
    player.give({ type: 'broken', at: START, failure: terminal('resource.missing', 'The version is gone.').failure });
    expect(player.state).toMatchObject({ status: 'failed', error: { code: 'resource.missing' } });
  });
});

describe('the ceilings of a run', () => {
  it('end a loop of steps that fail at once', () => {
    const player = new Player(
      graphOf(
        [
          nodeOf('first', {
            render: () => {
              throw terminal('expr.failed', 'no such key');
            },
            catch: [{ errors: ['*'], next: 'first' }],
          }),
        ],
        { limits: { maxSteps: 20_000, maxDurationMs: 1000, maxSends: 1 } },
      ),
    );
    player.start();
    expect(player.state).toMatchObject({ status: 'failed', error: { code: 'limit.steps', node: 'first' } });
  });

  it('turn a visit too many to the port visits', () => {
    const player = new Player(graphOf([nodeOf('first', { ports: { next: 'first', visits: 'done' }, maxVisits: 2 })]));
    player.start();
    player.answer({ kind: 'done' });
    expect(player.last('run').node).toBe('first');
    player.answer({ kind: 'done' });
    expect(player.last('run').node).toBe('done');
    expect(player.state.visits).toEqual({ first: 2, done: 1 });
  });

  it('end a run that waits longer than maxDuration, catch or not', () => {
    const graph = graphOf([nodeOf('first', { spec: waiting, catch: [{ errors: ['*'], next: 'done' }] })], {
      limits: { maxSteps: 5, maxDurationMs: 60_000, maxSends: 1 },
    });
    const player = new Player(graph);
    player.start();
    player.answer(asks);
    expect(nextDue(player.state)).toBe('2026-03-02T17:01:00.000Z');
    player.pass(60_000);
    expect(player.state).toMatchObject({ status: 'failed', error: { code: 'limit.duration' } });
  });

  it('end a run that sends too much, before it does', () => {
    const player = new Player(graphOf([nodeOf('first')], { limits: { maxSteps: 5, maxDurationMs: 1000, maxSends: 1 } }));
    player.start();
    expect(player.answer({ kind: 'done', effects: [send, send] })).toEqual([]);
    expect(player.state).toMatchObject({ status: 'failed', error: { code: 'limit.sends' } });
  });
});

describe('a runner that finds a state in the middle of a segment', () => {
  it('is told again what is to be run', () => {
    const player = new Player(graphOf([nodeOf('first')]));
    const commands = player.start();
    expect(pendingCommands(player.graph, player.state)).toEqual(commands);
  });

  it('is told again what is to be resumed, and with what', () => {
    const player = new Player(graphOf([nodeOf('first', { spec: waiting })]));
    player.start();
    player.answer({ ...asks, wait: { ...asks.wait, memory: 'm' } });
    const commands = player.say('x');
    expect(pendingCommands(player.graph, player.state)).toEqual(commands);
  });
});

describe('what the run reads of the world', () => {
  it('is what it was last told', () => {
    const player = new Player(graphOf([nodeOf('first')]));
    player.start();
    const context = { ...CONTEXT, tenant: { ...CONTEXT.tenant, name: 'New' } };
    expect(player.give({ type: 'context', at: START, context })).toEqual([]);
    expect(player.state.context).toEqual(context);
  });
});
