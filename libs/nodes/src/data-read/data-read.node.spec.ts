import { describe, expect, it } from '@jest/globals';
import type { Json } from '@workflows/core';
import { contextOf, NOW } from '../__fixtures__/context.js';
import { type DataReadConfig, dataReadSpec } from './data-read.config.js';
import { DataReadNode } from './data-read.node.js';

const node = new DataReadNode();
const input = (config: Partial<DataReadConfig>) => ({ config: { table: 'products', ...config }, fields: {} });

function requestOf(config: Partial<DataReadConfig>) {
  const outcome = node.run(input(config), contextOf());
  if (outcome.kind !== 'waiting' || outcome.effects?.[0]?.kind !== 'store') throw new Error('Expected one store effect');
  return outcome.effects[0].request;
}

describe('data.read', () => {
  it('reads one row by its key, or searches at most 100 rows by id', () => {
    expect(requestOf({ key: 'lamp' })).toEqual({ do: 'read', table: 'products', key: 'lamp' });
    expect(requestOf({})).toEqual({ do: 'search', table: 'products', where: [], descending: false, limit: 100 });
  });

  it('takes a value as equality, and an object as comparisons that all have to hold', () => {
    const where: Json = { open: true, price: { gte: 5, lt: 10 }, name: { in: ['a', 'b'] }, till: null };
    expect(requestOf({ where, orderBy: 'price', descending: true, limit: 3 })).toEqual({
      do: 'search',
      table: 'products',
      where: [
        { column: 'open', op: 'eq', value: true },
        { column: 'price', op: 'gte', value: 5 },
        { column: 'price', op: 'lt', value: 10 },
        { column: 'name', op: 'in', value: ['a', 'b'] },
        { column: 'till', op: 'eq', value: null },
      ],
      orderBy: 'price',
      descending: true,
      limit: 3,
    });
  });

  it.each<[string, Json]>([
    ['a text instead of an object', 'all'],
    ['a list without a comparison', { name: ['a'] }],
    ['a comparison that there is not', { name: { like: 'a%' } }],
    ['"in" without a list', { name: { in: 'a' } }],
  ])('refuses %s once it is rendered', (_what, where) => {
    expect(() => requestOf({ where })).toThrow('expr.failed');
  });

  it('refuses in the document a key beside a search, and comparisons that there are not', () => {
    const problems = (config: object) =>
      dataReadSpec.config.safeParse({ table: 't', ...config }).error?.issues.map(({ path }) => path.join('/')) ?? [];
    expect(problems({ key: 'a', where: {}, limit: 1 })).toEqual(['where', 'limit']);
    expect(problems({ where: { price: { above: 3 } } })).toEqual(['where/price/above']);
    expect(problems({ limit: 1001 })).toEqual(['limit']);
  });

  it('gives what the table answers, and fails as it fails', () => {
    const settle = (result: Parameters<DataReadNode['resume']>[2] & { type: 'effect' }) =>
      node.resume(input({ key: 'lamp' }), contextOf(), result);
    const row = { id: 'lamp', version: 2, price: 9 };
    expect(settle({ type: 'effect', at: NOW, result: { outcome: 'done', data: { found: true, row } } })).toEqual({
      kind: 'done',
      output: { found: true, row },
    });
    const failure = { code: 'resource.missing', kind: 'terminal', message: 'gone' } as const;
    expect(settle({ type: 'effect', at: NOW, result: { outcome: 'failed', failure } })).toEqual({ kind: 'failed', failure });
  });
});
