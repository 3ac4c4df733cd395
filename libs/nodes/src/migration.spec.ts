import { describe, expect, it } from '@jest/globals';
import { classify, type JsonObject, type Mapping, movableVersion, planMove, replay, transition } from '@workflows/core';
import { Rehearsal } from './__fixtures__/rehearsal.js';
import { NODE_SPECS } from './index.js';

const ask = (text: string, kind: string, save: string, next: string): JsonObject => ({
  type: 'message.ask',
  with: { text, expect: { kind } },
  save,
  timeout: 'PT1H',
  next,
  on: { timeout: 'bye', exhausted: 'bye' },
});

function form(version: number, nodes: Record<string, JsonObject>, vars: JsonObject = {}, start = 'name'): JsonObject {
  return {
    dsl: '1.0',
    id: 'form',
    name: 'Form',
    version,
    vars: { name: { type: 'string' }, size: { type: 'string' }, ...vars },
    triggers: [{ id: 'word', type: 'channel.message', channels: ['whatsapp'], keywords: ['form'] }],
    start,
    nodes: { ...nodes, bye: { type: 'end', with: { status: 'completed' } } },
  };
}

const send = (text: string): JsonObject => ({ type: 'message.send', with: { text }, next: 'bye' });

const ONE = form(1, {
  name: ask('Name?', 'text', 'vars.name', 'size'),
  size: ask('Size?', 'text', 'vars.size', 'thanks'),
  thanks: send('{{ vars.name }}: {{ vars.size }}'),
});

const movable = (definition: JsonObject) => movableVersion(definition, { nodeTypes: NODE_SPECS });

/** A run of version 1 that has said these words and waits for the next. */
function runOf(definition: JsonObject, words: string[]): Rehearsal {
  const run = new Rehearsal(definition);
  for (const word of words) {
    run.say(word);
    run.advance(5000);
  }
  return run;
}

function judge(to: JsonObject, words: string[], mapping: Partial<Mapping> = {}) {
  const run = runOf(ONE, words);
  return classify(movable(ONE), movable(to), run.state, { nodes: {}, vars: {}, ...mapping }, run.now);
}

const codes = (judged: ReturnType<typeof judge>): string[] => judged.obstacles.map(({ code }) => code);

describe('a live run that is judged for another version', () => {
  it('is safe where it finds its node, with what is read from there on', () => {
    const to = form(2, {
      name: ask('Your name, please?', 'text', 'vars.name', 'size'),
      size: ask('Which size?', 'text', 'vars.size', 'thanks'),
      thanks: send('Thank you, {{ vars.name }}: {{ vars.size }}.'),
    });
    expect(judge(to, ['form'])).toEqual({ verdict: 'safe', moves: true, obstacles: [] });
    expect(judge(to, ['form', 'Ana'])).toEqual({ verdict: 'safe', moves: true, obstacles: [] });
  });

  it('needs a mapping where its node has another name, and is moved by one', () => {
    const to = form(2, {
      name: ask('Name?', 'text', 'vars.name', 'measure'),
      measure: ask('Size?', 'text', 'vars.size', 'thanks'),
      thanks: send('{{ vars.name }}: {{ vars.size }}'),
    });
    const judged = judge(to, ['form', 'Ana']);
    expect([judged.verdict, judged.moves, codes(judged)]).toEqual(['mapping', false, ['node.missing']]);
    expect(judge(to, ['form', 'Ana'], { nodes: { size: 'measure' } })).toMatchObject({ verdict: 'mapping', moves: true });
    // The one that still asks for the name is safe without it.
    expect(judge(to, ['form'])).toMatchObject({ verdict: 'safe', moves: true });
  });

  it('needs a mapping for a variable that the new version reads and it does not have', () => {
    const to = form(
      2,
      {
        name: ask('Name?', 'text', 'vars.name', 'shout'),
        shout: { type: 'set', assign: { 'vars.loud': '{{ upper(vars.name) }}' }, next: 'size' },
        size: ask('Size?', 'text', 'vars.size', 'thanks'),
        thanks: send('{{ vars.loud }}: {{ vars.size }}'),
      },
      { loud: { type: 'string' } },
    );
    expect(judge(to, ['form'])).toMatchObject({ verdict: 'safe' });
    const judged = judge(to, ['form', 'Ana']);
    expect([judged.verdict, judged.moves, codes(judged), judged.obstacles[0]?.path]).toEqual([
      'mapping',
      false,
      ['vars.missing'],
      '/vars/loud',
    ]);
    expect(judge(to, ['form', 'Ana'], { vars: { loud: 'upper(vars.name)' } })).toMatchObject({ moves: true });
    expect(codes(judge(to, ['form', 'Ana'], { vars: { loud: '1 +' } }))).toContain('vars.expression');
  });

  it('is not moved where its node is of another type, expects something else, or what it keeps does not fit', () => {
    const other = form(2, { name: ask('Name?', 'number', 'vars.size', 'bye') }, { size: { type: 'number' } });
    expect(judge(other, ['form'])).toMatchObject({ verdict: 'mapping', moves: false, obstacles: [{ code: 'node.expects' }] });
    const typed = form(2, {
      name: ask('Name?', 'text', 'vars.name', 'size'),
      size: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'bye' },
    });
    expect(codes(judge(typed, ['form', 'Ana']))).toEqual(['node.type']);
    const narrow = form(
      2,
      { name: ask('Name?', 'text', 'vars.size', 'size'), size: ask('?', 'text', 'vars.size', 'bye') },
      { name: { type: 'number' } },
    );
    expect(codes(judge(narrow, ['form', 'Ana']))).toEqual(['vars.misfit']);
  });

  it('is blocked where the trigger is gone or it has made too many steps', () => {
    const gone = { ...ONE, version: 2, triggers: [{ id: 'other', type: 'channel.message', channels: ['whatsapp'] }] };
    expect(judge(gone, ['form'])).toMatchObject({ verdict: 'blocked', moves: false });
    expect(judge({ ...ONE, version: 2, limits: { maxSteps: 1 } }, ['form', 'Ana'])).toMatchObject({
      verdict: 'blocked',
      obstacles: [{ code: 'limit.steps' }],
    });
  });

  it('is blocked in an open region that the new version has otherwise', () => {
    const pause = { type: 'wait.for', with: { duration: 'PT1H' }, next: 'all' };
    const region = (version: number, branches: JsonObject): JsonObject =>
      form(
        version,
        {
          both: { type: 'parallel', branches, join: 'all' },
          left: pause,
          right: pause,
          all: { type: 'join', with: { mode: 'all' }, next: 'bye' },
        },
        {},
        'both',
      );
    const from = region(1, { left: 'left', right: 'right' });
    const run = runOf(from, ['form']);
    expect(classify(movable(from), movable({ ...from, version: 2 }), run.state, { nodes: {}, vars: {} }, run.now).verdict).toBe(
      'safe',
    );
    const otherwise = region(2, { left: 'left', other: 'right' });
    expect(classify(movable(from), movable(otherwise), run.state, { nodes: {}, vars: {} }, run.now)).toMatchObject({
      verdict: 'blocked',
    });
  });
});

describe('a run that is moved', () => {
  const TWO = form(
    2,
    {
      name: ask('Name?', 'text', 'vars.name', 'measure'),
      measure: ask('Size?', 'text', 'vars.size', 'thanks'),
      thanks: send('Two: {{ vars.loud }}, {{ vars.size }}'),
    },
    { loud: { type: 'string', default: '?' } },
  );

  it('goes on under the new version, is replayed over the change, and goes back as it came', () => {
    const [from, to] = [movable(ONE), movable(TWO)];
    const run = runOf(ONE, ['form', 'Ana']);
    const before = run.state;
    const plan = planMove(from, to, before, { nodes: { size: 'measure' }, vars: { loud: 'upper(vars.name)' } }, run.now);
    if (!('move' in plan)) throw new Error(JSON.stringify(plan.obstacles));
    const migrated = {
      type: 'migrated',
      at: run.now,
      migration: 'm1',
      from: 1,
      to: 2,
      versionId: 'v2',
      move: plan.move,
      before: before.vars,
    } as const;
    const moved = transition(to.graph, before, migrated);
    expect(moved.commands).toEqual([]);
    expect(moved.state).toMatchObject({
      tokens: [{ node: 'measure' }],
      visits: { name: 1, measure: 1 },
      vars: { name: 'Ana', loud: 'ANA' },
      migrated: { version: 2 },
    });
    const history = [...run.history, migrated];
    const graphs = { first: from.graph, version: (number: number) => (number === 2 ? to.graph : from.graph) };
    expect(replay(graphs, history)).toEqual(moved.state);
    expect(() => replay(from.graph, history)).toThrow('version 2');

    const back = planMove(to, from, moved.state, { nodes: { measure: 'size' }, vars: {} }, run.now, {
      before: before.vars,
      left: moved.state.vars,
    });
    if (!('move' in back)) throw new Error(JSON.stringify(back.obstacles));
    const undone = transition(from.graph, moved.state, {
      ...migrated,
      migration: 'm2',
      from: 2,
      to: 1,
      versionId: 'v1',
      move: back.move,
      before: moved.state.vars,
    });
    expect(undone.state).toEqual({ ...before, migrated: { migration: 'm2', version: 1, versionId: 'v1' } });
  });
});
