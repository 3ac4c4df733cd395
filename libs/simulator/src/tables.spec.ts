import { describe, expect, it } from '@jest/globals';
import type { JsonObject, RowCondition } from '@workflows/core';
import { runTests } from './run-tests.js';
import { Tables } from './tables.js';

const COLUMNS = {
  type: 'object' as const,
  properties: { name: { type: 'string' as const }, stock: { type: 'integer' as const, minimum: 0 } },
  required: ['name'],
};

/** Looks a product up, takes one, and says how many are left. */
const shop = (test: JsonObject): JsonObject => ({
  dsl: '1.0',
  id: 'shop',
  name: 'Shop',
  triggers: [{ id: 'api', type: 'call', contact: false }],
  start: 'take',
  nodes: {
    take: {
      type: 'data.write',
      with: { table: 'products', op: 'increment', key: 'lamp', value: { stock: -1 } },
      next: 'look',
      catch: [{ errors: ['data.conflict'], next: 'none_left' }],
    },
    look: { type: 'data.read', with: { table: 'products', where: { stock: { gt: 0 } } }, next: 'done' },
    done: { type: 'end', with: { status: 'completed', output: '{{ steps.look.count }}' } },
    none_left: { type: 'end', with: { status: 'completed', reason: 'none' } },
  },
  tests: [{ name: 'one', script: [], ...test }],
});

const given = (stock: number): JsonObject => ({
  trigger: 'api',
  now: '2026-03-02T14:00:00Z',
  event: { input: {} },
  tables: { products: [{ id: 'lamp', name: 'Lamp', stock }] },
});

const play = async (test: JsonObject) => {
  const report = await runTests(shop(test), { context: { tables: { products: COLUMNS } } });
  return [...report.problems, ...report.tests.flatMap(({ problems }) => problems)].map(({ path }) => path);
};

describe('a test with tables', () => {
  it('reads and writes the rows that it was given, and compares what is left', async () => {
    const left = (rows: JsonObject[]) => ({ expect: { output: 1, tables: { products: rows } } });
    expect(await play({ given: given(2), ...left([{ id: 'lamp', stock: 1 }]) })).toEqual([]);
    expect(await play({ given: given(2), ...left([{ id: 'lamp', stock: 2 }]) })).toEqual(['/tests/0/expect/tables/products/0']);
  });

  it('keeps to the limits of the columns', async () => {
    expect(await play({ given: given(0), expect: { reason: 'none' } })).toEqual([]);
  });

  it('lets a mock answer instead of the table', async () => {
    const mocks = { take: { error: 'data.conflict' } };
    expect(await play({ given: { ...given(5), mocks }, expect: { reason: 'none' } })).toEqual([]);
  });
});

describe('tables in memory', () => {
  const tables = () =>
    new Tables({ t: [{ id: 'a', n: 10, s: 'b' }, { id: 'b', n: 9.5, s: 'B' }, { id: 'c', n: 100 }, { id: 'd' }] }, {});
  const ids = (where: RowCondition[], orderBy?: string, descending = false) => {
    const request = { do: 'search' as const, table: 't', where, descending, limit: 10, ...(orderBy ? { orderBy } : {}) };
    const answer = tables().answer(request);
    if (answer.outcome !== 'done') throw new Error(JSON.stringify(answer));
    return (answer.data as { rows: JsonObject[] }).rows.map(({ id }) => id).join('');
  };

  it('search and order as the database does', () => {
    expect(ids([], 'n')).toBe('bacd');
    expect(ids([], 'n', true)).toBe('cabd');
    expect(ids([], 's')).toBe('bacd');
    expect(ids([{ column: 'n', op: 'gte', value: 10 }])).toBe('ac');
    expect(ids([{ column: 'n', op: 'ne', value: 10 }])).toBe('bcd');
    expect(ids([{ column: 'n', op: 'eq', value: null }])).toBe('d');
    expect(ids([{ column: 'id', op: 'in', value: ['d', 'a'] }])).toBe('ad');
  });

  it('give each write a new version, and refuse one that has seen another', () => {
    const at = tables();
    const write = (op: 'merge' | 'delete', ifVersion: number) =>
      at.answer({ do: 'write', table: 't', op, key: 'a', value: op === 'merge' ? { s: null } : {}, ifVersion });
    expect(write('merge', 1)).toEqual({ outcome: 'done', data: { version: 5 } });
    expect(write('merge', 1)).toMatchObject({ outcome: 'failed', failure: { code: 'data.conflict' } });
    expect(at.answer({ do: 'read', table: 't', key: 'a' })).toEqual({
      outcome: 'done',
      data: { found: true, row: { id: 'a', version: 5, n: 10 } },
    });
    expect(write('delete', 5)).toEqual({ outcome: 'done', data: { version: 0 } });
    expect(at.answer({ do: 'read', table: 't', key: 'a' })).toEqual({ outcome: 'done', data: { found: false } });
  });
});

it('lets a run see in its next step what it has changed of its contact', async () => {
  const document = {
    dsl: '1.0',
    id: 'profile',
    name: 'Profile',
    triggers: [{ id: 'api', type: 'call', contact: true }],
    start: 'change',
    nodes: {
      change: {
        type: 'contact.update',
        with: { set: { name: 'Bo Li', 'attributes.city': 'Recife' }, addTags: ['vip'] },
        next: 'done',
      },
      done: {
        type: 'end',
        with: { output: '{{ contact.firstName + contact.attributes.city + contact.tags[1] + string(steps.change.version) }}' },
      },
    },
    tests: [
      {
        name: 'sees it',
        given: { trigger: 'api', now: '2026-03-02T14:00:00Z', event: { input: {} }, contact: { name: 'Ana', tags: ['new'] } },
        script: [],
        expect: { output: 'BoRecifevip2' },
      },
    ],
  };
  const report = await runTests(document);
  expect(
    [...report.problems, ...report.tests.flatMap(({ problems }) => problems)].filter(({ severity }) => severity === 'error'),
  ).toEqual([]);
});
