import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflows/core';
import { ApiUnderTest } from './api-under-test.js';
import { Author, called, ends } from './author.js';

let api: ApiUnderTest;
let author: Author;
beforeAll(async () => {
  api = await ApiUnderTest.start({ ROLE: 'all', SWEEP_INTERVAL: 'PT0.2S' });
  author = new Author(api, await api.tenant('values'));
  const columns = { type: 'object', properties: { colour: { type: 'string' }, stock: { type: 'integer' } } };
  await author.ask('POST', '/tables', { name: 'lamps', columns });
  const rows = { a: { colour: 'red', stock: 1 }, b: { colour: 'blue', stock: 2 }, c: { colour: 'red', stock: 3 }, d: {} };
  for (const [id, value] of Object.entries(rows)) await author.ask('PUT', `/tables/lamps/rows/${id}`, { value });
}, 60_000);
afterAll(() => api.stop(), 30_000);

describe('a table', () => {
  const found = async (id: string, search: JsonObject) => {
    const { output } = await author.run(
      called(id, {
        read: { type: 'data.read', with: { table: 'lamps', ...search } },
        end: ends('{{ steps.read.rows.map(row, row.id) }}'),
      }),
    );
    return output;
  };

  it.each<[string, JsonObject, string[]]>([
    ['eq', { colour: { eq: 'red' } }, ['a', 'c']],
    ['ne', { colour: { ne: 'red' } }, ['b', 'd']],
    ['lt', { stock: { lt: 2 } }, ['a']],
    ['lte', { stock: { lte: 2 } }, ['a', 'b']],
    ['gt', { stock: { gt: 2 } }, ['c']],
    ['gte', { stock: { gte: '{{ 1 + 1 }}' } }, ['b', 'c']],
    ['in', { colour: { in: ['blue', 'green'] } }, ['b']],
    ['all', { colour: 'red', stock: { gt: 1, lt: 9 } }, ['c']],
  ])('is searched by %s', async (id, where, ids) => expect(await found(id, { where })).toEqual(ids));

  it('gives the first rows of an order', async () => {
    expect(await found('highest', { where: { stock: { gt: 0 } }, orderBy: 'stock', descending: true, limit: 2 })).toEqual([
      'c',
      'b',
    ]);
  });

  it('is written whole, in part, by amounts, and has rows deleted', async () => {
    const write = (op: string, more: JsonObject = {}): JsonObject => ({
      type: 'data.write',
      with: { table: 'lamps', op, key: 'new', ...more },
    });
    const { output } = await author.run(
      called('writes', {
        put: write('put', { value: { colour: 'green', stock: 1 }, ifVersion: 0 }),
        merge: write('merge', { value: { colour: 'black' } }),
        count: write('increment', { value: { stock: 4 }, ifVersion: '{{ steps.merge.version }}' }),
        read: { type: 'data.read', with: { table: 'lamps', key: 'new' } },
        gone: write('delete'),
        again: { type: 'data.read', with: { table: 'lamps', key: 'new' } },
        end: ends({
          row: '{{ steps.read.?row }}',
          found: '{{ steps.again.found }}',
          version: '{{ steps.gone.version }}',
        }),
      }),
    );
    expect(output).toEqual({
      row: { id: 'new', version: expect.any(Number), colour: 'black', stock: 5 },
      found: false,
      version: 0,
    });
  });
});

describe('what a caller gives', () => {
  const exact: JsonObject = {
    type: 'object',
    title: 'Order',
    description: 'What the shop sells',
    required: ['kind'],
    properties: {
      kind: { const: 'order', type: 'string' },
      phone: { type: 'string', format: 'phone' },
      page: { type: 'string', format: 'uri' },
      id: { type: 'string', format: 'uuid' },
      at: { type: 'string', format: 'date-time' },
      code: { type: 'string', pattern: '^[A-Z]+$' },
      rate: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
      count: { type: 'integer', minimum: 2, maximum: 8, multipleOf: 2 },
      items: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string' } },
    },
  };
  const input: JsonObject = {
    kind: 'order',
    phone: '+5511987654321',
    page: 'https://shop.example/x',
    id: '0190b5f0-0000-7000-8000-000000000000',
    at: '2026-03-02T14:00:00-03:00',
    code: 'ABC',
    rate: 0.5,
    count: 4,
    items: ['a'],
  };

  it('comes in when it fits its schema, and is refused field by field when it does not', async () => {
    const trigger = { id: 'api', type: 'call', contact: false, input: exact, when: 'event.input.?count.orValue(0) < 7' };
    await author.publish(called('exact', { end: ends('{{ event.input }}') }, { triggers: [trigger] }));
    expect(await author.ended(await author.start('exact', input))).toMatchObject({ status: 'completed', output: input });
    const wrong: JsonObject = {
      kind: 'offer',
      phone: '123',
      page: '/x',
      id: '1',
      at: 'today',
      code: 'abc',
      rate: 1,
      count: 3,
      items: ['a', 'b', 'c'],
    };
    const refused = await author.ask('POST', '/executions', { workflow: 'exact', input: wrong });
    expect(refused.status).toBe(422);
    expect(refused.json.errors.map(({ path }: { path: string }) => path).sort()).toEqual(
      Object.keys(exact['properties'] as JsonObject)
        .map((name) => `/input/${name}`)
        .sort(),
    );
    const unwanted = await author.ask('POST', '/executions', { workflow: 'exact', input: { ...input, count: 8 } });
    expect([unwanted.status, unwanted.json.type]).toEqual([422, 'urn:workflows:problem:start.condition']);
  });

  it('is reshaped: left out, mapped, told apart, ordered and cut', async () => {
    const { output } = await author.run(
      called('reshape', {
        list: {
          type: 'transform',
          title: 'Lamps by colour',
          typeVersion: 1,
          with: {
            from: '{{ event.input.lamps }}',
            where: 'each.item.stock > 0',
            value: { name: '{{ each.item.name }}', place: '{{ each.index }}' },
            distinctBy: 'each.item.colour',
            sortBy: 'each.value.name',
            descending: true,
            limit: 2,
          },
        },
        end: ends('{{ steps.list.value }}'),
      }),
      {
        lamps: [
          { name: 'a', colour: 'red', stock: 1 },
          { name: 'b', colour: 'blue', stock: 0 },
          { name: 'c', colour: 'red', stock: 1 },
          { name: 'd', colour: 'blue', stock: 2 },
          { name: 'e', colour: 'green', stock: 2 },
        ],
      },
    );
    expect(output).toEqual([
      { name: 'e', place: 4 },
      { name: 'd', place: 3 },
    ]);
  });
});

describe('a join', () => {
  const FAIL: JsonObject = { type: 'transform', with: { value: '{{ int("x") }}' }, next: 'join' };
  const set = (): JsonObject => ({ type: 'set', assign: { 'vars.x': 1 }, next: 'join' });
  const nap = (): JsonObject => ({ type: 'wait.for', with: { duration: 'PT1H' }, next: 'join' });
  const joined = (id: string, how: JsonObject, branches: Record<string, JsonObject>) =>
    author.run(
      called(
        id,
        {
          fork: {
            type: 'parallel',
            branches: Object.fromEntries(Object.keys(branches).map((name) => [name, name])),
            join: 'join',
          },
          ...branches,
          join: { type: 'join', with: how, catch: [{ errors: ['*'], next: 'caught', save: 'vars.error' }] },
          end: ends('{{ steps.join }}'),
          caught: ends('{{ vars.error }}'),
        },
        {
          vars: {
            x: { type: 'integer' },
            error: { type: 'object', properties: { code: { type: 'string' }, node: { type: 'string' } } },
          },
        },
      ),
    );

  it('waits for all, for any or for some of its branches', async () => {
    expect((await joined('join-all', { mode: 'all', errors: 'fail' }, { a: set(), b: { ...set(), assign: {} } })).output).toEqual(
      {
        arrived: ['a', 'b'],
        failed: {},
      },
    );
    expect((await joined('join-any', { mode: 'any' }, { a: nap(), b: set() })).output.arrived).toEqual(['b']);
    expect((await joined('join-two', { mode: 2 }, { a: nap(), b: set(), c: { ...set(), assign: {} } })).output.arrived).toEqual([
      'b',
      'c',
    ]);
  });

  it('collects the errors of its branches, or raises the first, with the step that it came from', async () => {
    expect((await joined('join-collect', { errors: 'collect' }, { a: FAIL, b: set() })).output).toEqual({
      arrived: ['b'],
      failed: { a: expect.objectContaining({ code: 'expr.failed', node: 'a' }) },
    });
    expect((await joined('join-fail', { errors: 'fail' }, { a: FAIL, b: nap() })).output).toMatchObject({
      code: 'expr.failed',
      node: 'a',
    });
  });
});

describe('a run', () => {
  it('is ended by the ceilings of its document, of which it catches none', async () => {
    const again: JsonObject = {
      type: 'set',
      assign: { 'vars.n': '{{ vars.n + 1 }}' },
      maxVisits: 1000,
      on: { visits: 'end' },
      next: 'again',
    };
    const ended = await author.run(
      called(
        'endless',
        { again, end: ends('{{ vars.n }}') },
        {
          vars: { n: { type: 'integer', default: 0 } },
          limits: { maxSteps: 20, maxDuration: 'P1D', maxSends: 1, maxTokens: 10, maxCostUsd: 0.5 },
          defaults: { catch: [{ errors: ['*'], next: 'end' }] },
        },
      ),
    );
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'limit.steps' } });
  });

  it('goes where its defaults say on an error that no node catches', async () => {
    const ended = await author.run(
      called(
        'fallback',
        {
          fail: { type: 'transform', with: { value: '{{ int("x") }}' } },
          end: ends('fine'),
          rescue: { type: 'end', with: { status: 'cancelled', reason: 'rescued' } },
        },
        { defaults: { catch: [{ errors: ['expr.*'], next: 'rescue' }] } },
      ),
    );
    expect(ended).toMatchObject({ status: 'cancelled', reason: 'rescued' });
  });
});
