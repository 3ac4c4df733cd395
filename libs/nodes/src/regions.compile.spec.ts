import { describe, expect, it } from '@jest/globals';
import { compile, type Json, type JsonObject, loadGraph } from '@workflows/core';
import { NODE_SPECS } from './index.js';

const http = (url: string, more: JsonObject = {}): JsonObject => ({
  type: 'http.request',
  with: { method: 'GET', url },
  output: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, size: { type: 'integer' } } },
  ...more,
});

const ask = (next: string, more: JsonObject = {}): JsonObject => ({
  type: 'message.ask',
  with: { text: 'Well?', expect: { kind: 'text' } },
  timeout: 'PT1H',
  next,
  on: { timeout: next, exhausted: next },
  ...more,
});

/** A foreach over what a transform gives, with a parallel in its body, and a parallel of its own behind it. */
function good(): JsonObject {
  return {
    dsl: '1.0',
    id: 'regions',
    name: 'Regions',
    vars: {
      leads: {
        type: 'array',
        items: {
          type: 'object',
          required: ['email', 'seats'],
          properties: { email: { type: 'string' }, seats: { type: 'integer' }, note: { type: 'string' } },
        },
      },
      answer: { type: 'string' },
      other: { type: 'string' },
      names: { type: 'array', items: { type: 'string' } },
    },
    defaults: { commands: [{ keywords: ['stop'], next: 'end_stopped' }] },
    triggers: [{ id: 'hello', type: 'channel.message', channels: ['whatsapp'], keywords: ['go'], assign: { 'vars.leads': [] } }],
    start: 'valid',
    nodes: {
      valid: {
        type: 'transform',
        with: {
          from: '{{ vars.leads }}',
          where: 'each.item.seats > 1 && each.index < 100',
          value: { email: '{{ lower(each.item.email) }}', seats: '{{ each.item.seats }}', note: '{{ each.item.?note }}' },
          distinctBy: 'each.value.email',
          sortBy: 'each.value.seats',
          descending: true,
          limit: 20,
        },
        next: 'each_lead',
      },
      each_lead: {
        type: 'foreach',
        with: { items: '{{ steps.valid.value }}', maxItems: 20, concurrency: 5 },
        body: 'lookups',
        join: 'collected',
      },
      lookups: { type: 'parallel', branches: { company: 'get_company', person: 'get_person' }, join: 'looked_up' },
      get_company: http('https://a.example/{{ urlEncode(each.item.email) }}/{{ each.item.seats + 1 }}', {
        next: 'looked_up',
        catch: [{ errors: ['http.404'], next: 'looked_up' }],
      }),
      get_person: http("https://b.example/{{ each.item.?note.orValue('') }}", { next: 'looked_up' }),
      looked_up: { type: 'join', next: 'collected' },
      collected: {
        type: 'join',
        with: {
          errors: 'collect',
          collect: { email: '{{ each.item.email }}', size: '{{ steps.get_person.body.?size.orValue(0) }}' },
        },
        next: 'hot',
      },
      hot: {
        type: 'transform',
        with: { from: '{{ steps.collected.items }}', where: 'each.item.size > 10', value: '{{ each.item.email }}' },
        save: 'vars.names',
        next: 'both',
      },
      both: { type: 'parallel', branches: { talk: 'ask_it', wait: 'sleep' }, join: 'met' },
      ask_it: ask('met', { save: 'vars.answer' }),
      sleep: { type: 'wait.for', with: { duration: 'PT1H' }, next: 'note' },
      note: { type: 'set', assign: { 'vars.other': 'slept' }, next: 'met' },
      met: { type: 'join', with: { mode: 'all' }, next: 'end_done' },
      end_done: {
        type: 'end',
        with: {
          output: {
            other: '{{ vars.other }}',
            slept: '{{ steps.sleep.firedAt }}',
            hot: '{{ steps.hot.value }}',
            who: '{{ steps.met.arrived }}',
            failed: '{{ size(steps.collected.failed) }}',
          },
        },
      },
      end_stopped: { type: 'end', with: { reason: 'stopped' } },
    },
  };
}

function put(document: JsonObject, pointer: string, value: Json | undefined): JsonObject {
  const copy = structuredClone(document);
  const keys = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/'));
  const last = keys.pop() ?? '';
  const parent = keys.reduce<JsonObject>((place, key) => place[key] as JsonObject, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function problemsOf(document: JsonObject) {
  const { problems } = compile(document, { nodeTypes: NODE_SPECS });
  return problems.filter(({ severity }) => severity === 'error').map(({ code, path }) => `${code} ${path}`);
}

const nodes = (changes: Record<string, Json>): JsonObject => ({
  ...good(),
  nodes: { ...(good()['nodes'] as JsonObject), ...changes },
});

describe('a document with regions', () => {
  it('compiles without a problem, and loads again as it was judged', () => {
    expect(compile(good(), { nodeTypes: NODE_SPECS }).problems).toEqual([]);
    const graph = loadGraph(good(), { nodeTypes: NODE_SPECS });
    expect(graph.nodes['each_lead']?.fork).toEqual({ kind: 'foreach', body: 'lookups', concurrency: 5, join: 'collected' });
    expect(graph.nodes['collected']?.join).toMatchObject({ mode: 'all', errors: 'collect' });
  });

  it('knows the type of items through a transform, a foreach and its join', () => {
    expect(problemsOf(put(good(), '/nodes/hot/with/where', "each.item.size == 'x'"))).toEqual([
      'expr.type /nodes/hot/with/where',
    ]);
    expect(problemsOf(put(good(), '/nodes/hot/with/where', 'each.item.sise > 1'))).toEqual([
      'ref.unknown_field /nodes/hot/with/where',
    ]);
    expect(problemsOf(put(good(), '/nodes/get_person/with/url', 'https://b.example/{{ each.item.note }}'))).toEqual([
      'ref.optional /nodes/get_person/with/url',
    ]);
    expect(problemsOf(put(good(), '/nodes/end_done/with/output/bad', '{{ steps.hot.value[0] + 1 }}'))).toEqual([
      'expr.type /nodes/end_done/with/output/bad',
    ]);
  });

  it.each<[what: string, pointer: string, value: Json | undefined, problems: string[]]>([
    ['an end inside a region', '/nodes/ask_it/on/timeout', 'end_done', ['graph.region_escape /nodes/ask_it/on/timeout']],
    ['a way out that is not the join', '/nodes/note/next', 'hot', ['graph.region_escape /nodes/note/next']],
    ['a way into the join from outside', '/nodes/hot/next', 'met', ['graph.region_escape /nodes/hot/next']],
    [
      'a branch that begins where others come too',
      '/nodes/both/branches/wait',
      'hot',
      ['graph.region_escape /nodes/both/branches/wait'],
    ],
    [
      'a command that leads into a region',
      '/defaults/commands/0/next',
      'sleep',
      ['graph.region_escape /defaults/commands/0/next'],
    ],
    [
      'a join that is none',
      '/nodes/both/join',
      'hot',
      ['graph.join_mismatch /nodes/both/join', 'graph.join_mismatch /nodes/met'],
    ],
    [
      'a join that is no node',
      '/nodes/both/join',
      'mett',
      ['graph.missing_node /nodes/both/join', 'graph.join_mismatch /nodes/met'],
    ],
    [
      'a join that closes two forks',
      '/nodes/both/join',
      'looked_up',
      ['graph.join_mismatch /nodes/both/join', 'graph.join_mismatch /nodes/met'],
    ],
    ['a join that waits for too many', '/nodes/met/with/mode', 3, ['graph.join_mismatch /nodes/met/with/mode']],
    ['a parallel that collects', '/nodes/met/with/collect', 'x', ['graph.join_mismatch /nodes/met/with/collect']],
    ['one branch only', '/nodes/both/branches', { talk: 'ask_it' }, ['shape.invalid /nodes/both/branches']],
    [
      'a variable that both branches write',
      '/nodes/note/assign',
      { 'vars.answer': 'x' },
      ['flow.branch_conflict /nodes/note/assign/vars.answer'],
    ],
    [
      'a variable that a sibling reads',
      '/nodes/sleep/with/duration',
      "{{ vars.?answer.orValue('PT1H') }}",
      ['flow.branch_conflict /nodes/sleep/with/duration'],
    ],
    [
      'a save in a foreach',
      '/nodes/get_person/assign',
      { 'vars.other': 'x' },
      ['flow.foreach_write /nodes/get_person/assign/vars.other'],
    ],
    [
      'a catch that saves in a foreach',
      '/nodes/get_company/catch/0/save',
      'vars.other',
      ['flow.foreach_write /nodes/get_company/catch/0/save'],
    ],
    [
      'two branches that talk',
      '/nodes/note',
      { type: 'message.send', with: { text: 'Slept' }, next: 'met' },
      ['flow.concurrent_asks /nodes/both/branches/wait'],
    ],
    [
      'a foreach that talks several times at once',
      '/nodes/looked_up/next',
      'tell',
      ['flow.concurrent_asks /nodes/each_lead/with/concurrency'],
    ],
    [
      'each outside of a foreach',
      '/nodes/sleep/with/duration',
      '{{ each.item.email }}',
      ['ref.scope /nodes/sleep/with/duration'],
    ],
    [
      'each.value in the condition of a transform',
      '/nodes/hot/with/where',
      'each.value == "a"',
      ['ref.unknown_field /nodes/hot/with/where'],
    ],
    ['items that are no list', '/nodes/each_lead/with/items', '{{ contact.name }}', ['expr.type /nodes/each_lead/with/items']],
    [
      'steps of an iteration behind its join',
      '/nodes/end_done/with/output/bad',
      '{{ steps.get_person.status }}',
      ['ref.not_assigned /nodes/end_done/with/output/bad'],
    ],
    [
      'a variable of one branch where any is enough',
      '/nodes/met/with/mode',
      'any',
      ['ref.not_assigned /nodes/end_done/with/output/other', 'ref.not_assigned /nodes/end_done/with/output/slept'],
    ],
    [
      'a variable of a branch whose errors are collected',
      '/nodes/met/with/errors',
      'collect',
      ['ref.not_assigned /nodes/end_done/with/output/other', 'ref.not_assigned /nodes/end_done/with/output/slept'],
    ],
    [
      'a loop inside a region that neither waits nor ends',
      '/nodes/note/next',
      'note',
      ['graph.dead_end /nodes/note', 'graph.loop_unbounded /nodes/note'],
    ],
    ['a condition without a list', '/nodes/hot/with/from', undefined, ['shape.invalid /nodes/hot/with/where']],
  ])('is refused for %s', (_what, pointer, value, problems) => {
    const base =
      pointer === '/nodes/looked_up/next'
        ? nodes({ tell: { type: 'message.send', with: { text: 'Hi' }, next: 'collected' } })
        : good();
    expect(problemsOf(put(base, pointer, value))).toEqual(expect.arrayContaining(problems));
  });

  it('is refused for a way into the join from outside', () => {
    const document = nodes({
      hot: { type: 'switch', cases: [{ when: 'size(steps.collected.items) > 0', next: 'both' }], default: 'met' },
    });
    expect(problemsOf(put(document, '/nodes/end_done/with/output', 'x'))).toEqual(['graph.region_escape /nodes/hot/default']);
  });

  it.each<[what: string, pointer: string, value: Json, problem: string]>([
    ['a way out that is not the join', '/nodes/note/next', 'hot', 'graph.region_escape /nodes/note/next'],
    ['a join that waits for too many', '/nodes/met/with/mode', 3, 'graph.join_mismatch /nodes/met/with/mode'],
    [
      'a variable that both branches write',
      '/nodes/note/assign/vars.answer',
      'x',
      'flow.branch_conflict /nodes/note/assign/vars.answer',
    ],
    [
      'a save in a foreach',
      '/nodes/get_company/catch/0/save',
      'vars.other',
      'flow.foreach_write /nodes/get_company/catch/0/save',
    ],
  ])('hears of nothing else for %s', (_what, pointer, value, problem) => {
    expect(problemsOf(put(good(), pointer, value))).toEqual([problem]);
  });

  it('is refused for a foreach in a foreach, however deep', () => {
    const document = nodes({
      get_person: { type: 'foreach', with: { items: [1, 2], maxItems: 2 }, body: 'inner_wait', join: 'inner' },
      inner_wait: { type: 'wait.for', with: { duration: 'PT1S' }, next: 'inner' },
      inner: { type: 'join', next: 'looked_up' },
    });
    expect(problemsOf(put(document, '/nodes/collected/with/collect', 'x')).filter((problem) => !problem.includes('hot'))).toEqual(
      ['flow.nested_foreach /nodes/get_person'],
    );
  });

  it('gives an error of a branch no way to the catch of the document', () => {
    const document = { ...good(), defaults: { catch: [{ errors: ['*'], next: 'end_stopped' }] } };
    expect(problemsOf(document)).toEqual([]);
  });
});
