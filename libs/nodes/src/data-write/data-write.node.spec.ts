import { describe, expect, it } from '@jest/globals';
import { contextOf } from '../__fixtures__/context.js';
import { type DataWriteConfig, dataWriteSpec } from './data-write.config.js';
import { DataWriteNode } from './data-write.node.js';

const node = new DataWriteNode();

function effectOf(config: Partial<DataWriteConfig>) {
  const outcome = node.run({ config: { table: 'products', op: 'put', key: 'lamp', ...config }, fields: {} }, contextOf());
  return outcome.kind === 'waiting' ? outcome.effects : [];
}

describe('data.write', () => {
  it('hands over one write under the key of its step, the same for every attempt', () => {
    expect(effectOf({ value: { price: 9 }, ifVersion: 3 })).toEqual([
      {
        kind: 'store',
        idempotencyKey: 'k'.repeat(32),
        request: { do: 'write', table: 'products', op: 'put', key: 'lamp', value: { price: 9 }, ifVersion: 3 },
      },
    ]);
    expect(effectOf({ op: 'delete' })).toMatchObject([{ request: { op: 'delete', value: {} } }]);
  });

  it.each<[string, Partial<DataWriteConfig>]>([
    ['an empty key', { key: '', value: {} }],
    ['a key of 201 characters', { key: 'x'.repeat(201), value: {} }],
    ['a value that is no object', { value: 'all' }],
    ['a version that is no number', { value: {}, ifVersion: 'latest' }],
  ])('refuses %s once it is rendered', (_what, config) => {
    expect(() => effectOf(config)).toThrow('expr.failed');
  });

  it('needs a value in the document, except to delete', () => {
    const fits = (config: object) => dataWriteSpec.config.safeParse({ table: 't', key: 'a', ...config }).success;
    expect([fits({ op: 'put' }), fits({ op: 'put', value: {} })]).toEqual([false, true]);
    expect([fits({ op: 'delete' }), fits({ op: 'delete', value: {} })]).toEqual([true, false]);
  });
});
