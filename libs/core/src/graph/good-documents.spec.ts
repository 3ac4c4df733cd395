import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '../json.js';
import { leadForm } from './__fixtures__/documents.js';
import { put } from './__fixtures__/mutate.js';
import { nodeTypes } from './__fixtures__/node-types.js';
import { compile, type Compilation } from './compile.js';

/** A document that only computes and ends; `parts` replace what it has. */
function small(parts: JsonObject): JsonObject {
  return {
    dsl: '1.0',
    id: 'small',
    name: 'Small',
    triggers: [
      {
        id: 'api',
        type: 'call',
        input: { type: 'object', required: ['n'], properties: { n: { type: 'integer' }, note: { type: 'string' } } },
      },
    ],
    start: 'end_done',
    nodes: { end_done: { type: 'end' } },
    ...parts,
  };
}

function judge(document: Json): Compilation {
  return compile(document, { nodeTypes });
}

function findings(result: Compilation): string[] {
  return result.problems.map(
    (problem) => `${problem.code} ${problem.path}${problem.trigger === undefined ? '' : ` (${problem.trigger})`}`,
  );
}

const HOOK: JsonObject = {
  id: 'hook',
  type: 'webhook',
  auth: { type: 'token', secret: 'hook', header: 'x-token' },
  body: { type: 'object', required: ['order'], properties: { order: { type: 'string' } } },
};

describe('a compensation', () => {
  it('reads the output of its step and what the step has assigned, but not what comes later', () => {
    const reserve = {
      type: 'http.request',
      with: { method: 'PUT', url: 'https://hotel.example/rooms' },
      output: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
      assign: { 'vars.room': '{{ output.body.id }}' },
      next: 'end_done',
    };
    const undoneBy = (url: string): Compilation =>
      judge(
        small({
          vars: { room: { type: 'string' }, later: { type: 'string' } },
          start: 'reserve',
          nodes: {
            reserve: { ...reserve, compensate: { type: 'http.request', with: { method: 'DELETE', url } } },
            end_done: { type: 'end' },
          },
        }),
      );
    const good = undoneBy('https://hotel.example/{{ output.body.id }}/{{ vars.room }}/{{ steps.reserve.body.id }}');
    expect(findings(good)).toEqual([]);
    if (!good.ok) throw new Error('It was found good.');
    const { compensation } = good.graph.nodes['reserve']!;
    expect(compensation).toMatchObject({ id: 'reserve.compensate', type: 'http.request', ports: {} });
    const scope = { output: { body: { id: '7' } }, vars: { room: '7' }, steps: { reserve: { body: { id: '7' } } } };
    expect(compensation?.render(scope).config).toMatchObject({ method: 'DELETE', url: 'https://hotel.example/7/7/7' });
    expect(findings(undoneBy('https://hotel.example/{{ vars.later }}'))).toEqual([
      'ref.not_assigned /nodes/reserve/compensate/with/url',
    ]);
  });
});

describe('guards', () => {
  const withCondition = (when: string): Compilation =>
    judge(
      small({
        vars: { seats: { type: 'integer' } },
        nodes: { check: { type: 'switch', cases: [{ when, next: 'end_done' }], default: 'end_done' }, end_done: { type: 'end' } },
        start: 'check',
      }),
    );

  it.each([
    'has(vars.seats) && vars.seats > 1',
    '!has(vars.seats) || vars.seats > 1',
    'has(vars.seats) ? vars.seats > 1 : false',
    '!has(vars.seats) ? false : vars.seats > 1',
    'vars.?seats.orValue(0) > 1',
    "has(event.input.note) && event.input.note == 'x'",
    "event.input.?note.orValue('') == 'x'",
    'event.input.n + 1 > 2',
    'vars.?seats.hasValue()',
    'cel.bind(n, event.input.n, n * 2 > n)',
    '[1, 2, 3].exists(n, n == event.input.n)',
    "at('2026-03-03', '09:30', tenant.timezone) > run.now + iso('PT2H')",
    "date(run.now, tenant.timezone) < addDays('2026-01-01', event.input.n)",
    "first(['a']).orValue('b') == 'a'",
    'max([event.input.n, 3]) > 2',
    'dyn(event).input.n == 1',
  ])('proves %s', (when) => {
    expect(findings(withCondition(when))).toEqual([]);
  });

  it.each([
    ['has(vars.seats) || vars.seats > 1', 'ref.not_assigned'],
    ['has(vars.seats) ? true : vars.seats > 1', 'ref.not_assigned'],
    ['vars.seats > 1 && has(vars.seats)', 'ref.not_assigned'],
    ["event.input.note == 'x'", 'ref.optional'],
  ])('does not take %s for a guard', (when, code) => {
    expect(findings(withCondition(when))).toEqual([`${code} /nodes/check/cases/0/when`]);
  });
});

describe('several triggers', () => {
  const both = (nodes: JsonObject, start: string, more: JsonObject = {}): Compilation =>
    judge(
      small({
        triggers: [
          HOOK,
          { id: 'api', type: 'call', input: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } } },
        ],
        nodes,
        start,
        ...more,
      }),
    );

  it('names the trigger whose event lacks a field, and no other', () => {
    const nodes = { end_done: { type: 'end', with: { output: '{{ event.body.order }}' } } };
    expect(findings(both(nodes, 'end_done'))).toEqual(['ref.unknown_field /nodes/end_done/with/output (api)']);
  });

  it('lets a switch on event.trigger keep a trigger away', () => {
    const nodes = {
      route: { type: 'switch', cases: [{ when: "event.trigger == 'hook'", next: 'end_hook' }], default: 'end_api' },
      end_hook: { type: 'end', with: { output: '{{ event.body.order }}' } },
      end_api: { type: 'end', with: { output: '{{ event.input.n + 1 }}' } },
    };
    expect(findings(both(nodes, 'route'))).toEqual([]);
  });

  it('lets a condition on event.trigger guard the rest of its expression', () => {
    const nodes = {
      end_done: { type: 'end', with: { output: "{{ event.trigger == 'hook' ? event.body.order : string(event.input.n) }}" } },
    };
    expect(findings(both(nodes, 'end_done'))).toEqual([]);
  });

  it('takes a variable for assigned only where every trigger assigns it', () => {
    const nodes = { end_done: { type: 'end', with: { output: '{{ vars.order }}' } } };
    const vars = { order: { type: 'string' } };
    const api = { id: 'api', type: 'call' };
    const assigning: JsonObject = { ...HOOK, assign: { 'vars.order': '{{ event.body.order }}' } };
    const compiled = (other: JsonObject) => findings(judge(small({ vars, nodes, triggers: [assigning, other] })));
    expect(compiled(api)).toEqual(['ref.not_assigned /nodes/end_done/with/output (api)']);
    expect(compiled({ ...api, assign: { 'vars.order': 'by hand' } })).toEqual([]);
  });

  it('reads whole numbers of each trigger by its own schema', () => {
    const nodes = { end_done: { type: 'end', with: { output: "{{ event.trigger == 'api' ? event.input.n + 1 : 0 }}" } } };
    const result = both(nodes, 'end_done');
    expect(
      result.ok && result.graph.nodes['end_done']!.render({ event: { trigger: 'api', input: { n: 41 } } }).config,
    ).toMatchObject({ output: 42 });
  });
});

describe('what does not run here yet', () => {
  it('is refused by name, and nothing else is made of it', () => {
    const document = small({
      triggers: [
        { id: 'api', type: 'call' },
        { id: 'daily', type: 'schedule', cron: '0 9 * * *', timezone: 'UTC' },
      ],
      start: 'route',
      nodes: {
        route: { type: 'switch', cases: [{ when: "event.trigger == 'daily'", next: 'every' }], default: 'end_done' },
        every: { type: 'foreach', with: { items: '{{ event.rows }}', maxItems: 10 }, body: 'get', join: 'done' },
        get: { type: 'http.request', with: { method: 'GET', url: 'https://a.example/{{ each.item.id }}' }, next: 'done' },
        done: { type: 'join', next: 'end_done' },
        end_done: { type: 'end' },
      },
    });
    expect(findings(judge(document))).toEqual(['shape.node_type /nodes/every/type', 'shape.node_type /nodes/done/type']);
  });
});

describe('a sensitive node', () => {
  it('is no problem', () => {
    const nodes = {
      get: { type: 'http.request', sensitive: true, with: { method: 'GET', url: 'https://a.example/1' }, next: 'done' },
      done: { type: 'end', sensitive: true },
    };
    const document = small({ triggers: [{ id: 'api', type: 'call' }], start: 'get', nodes });
    expect(findings(judge(document))).toEqual([]);
  });
});

describe('definite assignment', () => {
  it('holds only behind all ways', () => {
    const document = (catchNext: string): JsonObject =>
      small({
        vars: { x: { type: 'string' } },
        start: 'get',
        nodes: {
          get: {
            type: 'http.request',
            with: { method: 'GET', url: 'https://a.example' },
            output: { type: 'string' },
            save: 'vars.x',
            next: 'end_done',
            catch: [{ errors: ['*'], next: catchNext }],
          },
          end_done: { type: 'end', with: { output: '{{ vars.x }}' } },
          end_failed: { type: 'end', with: { status: 'failed' } },
        },
      });
    expect(findings(judge(document('end_done')))).toContain('ref.not_assigned /nodes/end_done/with/output');
    expect(findings(judge(document('end_failed')))).toEqual([]);
  });

  it('lets an assignment see the earlier ones of its node, and not itself', () => {
    const document = (assign: JsonObject): JsonObject =>
      small({
        vars: { a: { type: 'integer' }, b: { type: 'integer' } },
        start: 'count',
        nodes: { count: { type: 'set', assign, next: 'end_done' }, end_done: { type: 'end' } },
      });
    expect(findings(judge(document({ 'vars.a': 1, 'vars.b': '{{ vars.a + 1 }}' })))).toEqual([]);
    expect(findings(judge(document({ 'vars.b': '{{ vars.a + 1 }}', 'vars.a': 1 })))).toEqual([
      'ref.not_assigned /nodes/count/assign/vars.b',
    ]);
    expect(findings(judge(document({ 'vars.a': '{{ vars.a + 1 }}' })))).toEqual(['ref.not_assigned /nodes/count/assign/vars.a']);
  });

  it('counts the ways of defaults.catch and of commands', () => {
    const document = put(leadForm(), '/defaults/catch', [{ errors: ['*'], next: 'end_done' }]);
    expect(findings(judge(document))).toContain('ref.not_assigned /nodes/end_done/with/output/email');
    expect(findings(judge(put(leadForm(), '/defaults/commands/0/next', 'end_done')))).toContain(
      'ref.not_assigned /nodes/end_done/with/output/seats',
    );
  });
});

describe('warnings', () => {
  it('do not stop a document', () => {
    const document = put(leadForm(), '/nodes/enrich/output', undefined);
    expect(
      judge(put(document, '/nodes/enrich/assign', { 'vars.email': '{{ string(output.?body.?mail.orValue("")) }}' })),
    ).toMatchObject({
      ok: true,
      problems: [
        { code: 'expr.untyped', severity: 'warning', path: '/nodes/enrich/assign/vars.email' },
        { code: 'expr.untyped', severity: 'warning', path: '/nodes/thanks/with/text' },
      ],
    });
  });

  it('name a webhook that anybody can call', () => {
    expect(findings(judge(small({ triggers: [{ id: 'hook', type: 'webhook', auth: { type: 'none' } }] })))).toEqual([
      'flow.webhook_open /triggers/0/auth',
    ]);
    const signed = { type: 'hmac', secret: 's', header: 'x-signature' };
    expect(findings(judge(small({ triggers: [{ id: 'hook', type: 'webhook', auth: signed }] })))).toEqual([
      'flow.webhook_open /triggers/0/auth',
    ]);
    expect(
      findings(
        judge(
          small({ triggers: [{ id: 'hook', type: 'webhook', auth: signed, idempotencyKey: "{{ event.headers['x-id'] }}" }] }),
        ),
      ),
    ).toEqual([]);
  });
});

describe('what the tenant has', () => {
  const document = (): JsonObject => put(leadForm(), '/nodes/enrich/with/credential', 'crm-api');

  it('is listed as unchecked when it is not known', () => {
    expect(judge(document())).toMatchObject({ ok: true, unchecked: ['channels', 'credentials', 'templates'] });
  });

  it('is checked when it is known', () => {
    const result = compile(document(), { nodeTypes, context: { credentials: ['crm-ap'] } });
    expect(result).toMatchObject({
      ok: false,
      problems: [{ code: 'ref.resource', path: '/nodes/enrich/with/credential', hint: "Did you mean 'crm-ap'?" }],
    });
  });

  it('gives settings a type', () => {
    const reading = put(leadForm(), '/nodes/thanks/with/text', '{{ tenant.settings.hours }}');
    expect(
      findings(
        compile(reading, { nodeTypes, context: { settings: { type: 'object', properties: { opening: { type: 'string' } } } } }),
      ),
    ).toEqual(['ref.unknown_field /nodes/thanks/with/text']);
    expect(judge(reading)).toMatchObject({ ok: true, unchecked: ['channels', 'settings', 'templates'] });
  });
});

describe('compile', () => {
  it('never throws, whatever replaces a part of a document', () => {
    const pointers = [
      '/nodes',
      '/nodes/enrich',
      '/nodes/enrich/with',
      '/nodes/enrich/catch',
      '/nodes/reviewed/cases',
      '/nodes/ask_size/with/options',
      '/triggers',
      '/triggers/0',
      '/triggers/0/session',
      '/vars',
      '/vars/email',
      '/defaults',
      '/defaults/commands',
      '/start',
      '/tests',
      '/nodes/ask_email/on',
      '/nodes/ask_optin/assign',
    ];
    const junk: Json[] = [
      null,
      0,
      -1,
      '',
      'x',
      '{{',
      true,
      [],
      {},
      [null],
      [[]],
      { a: null },
      { __proto__: 1 },
      { constructor: { type: 'end' } },
      [{ id: 'x' }],
      { type: 'end' },
    ];
    for (const pointer of pointers)
      for (const value of junk)
        expect(judge(put(leadForm(), pointer, value)).problems.map((problem) => problem.code)).not.toContain('internal');
  });
});
