import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@workflows/core';
import { contextOf } from '../__fixtures__/context.js';
import { Rehearsal } from '../__fixtures__/rehearsal.js';
import { compareKeys } from './compare-keys.js';
import type { TransformConfig } from './transform.config.js';
import { TransformNode } from './transform.node.js';

/** The output of a whole run of one transform over `vars.rows`. */
function transformed(config: JsonObject): Json | undefined {
  const run = new Rehearsal({
    dsl: '1.0',
    id: 'transform',
    name: 'Transform',
    vars: {
      rows: {
        type: 'array',
        items: {
          type: 'object',
          required: ['id', 'size'],
          properties: { id: { type: 'string' }, size: { type: 'integer' }, tag: { type: 'string' } },
        },
        default: [
          { id: 'b', size: 2, tag: 'x' },
          { id: 'a', size: 3 },
          { id: 'c', size: 2, tag: 'x' },
          { id: 'd', size: 1, tag: 'y' },
        ],
      },
    },
    triggers: [{ id: 'hello', type: 'channel.message', channels: ['whatsapp'] }],
    start: 'shape',
    nodes: {
      shape: { type: 'transform', with: config, next: 'end_done' },
      end_done: { type: 'end', with: { output: '{{ steps.shape.value }}' } },
    },
  });
  run.say('go');
  expect(run.state.error).toBeUndefined();
  return run.state.output;
}

const from = '{{ vars.rows }}';

describe('transform', () => {
  it.each<[what: string, config: JsonObject, result: Json]>([
    ['maps', { from, value: '{{ each.item.id }}' }, ['b', 'a', 'c', 'd']],
    [
      'filters, by item and by place',
      { from, where: 'each.item.size > 1 && each.index > 0', value: '{{ each.item.id }}' },
      ['a', 'c'],
    ],
    [
      'makes objects, whose numbers stay numbers',
      { from, limit: 1, value: { id: 'no {{ each.item.id }}', next: '{{ each.item.size + 1 }}', fixed: [1, 'two'] } },
      [{ id: 'no b', next: 3, fixed: [1, 'two'] }],
    ],
    ['keeps the first of equal keys', { from, value: '{{ each.item.id }}', distinctBy: 'each.item.size' }, ['b', 'a', 'd']],
    [
      'sorts, and keeps the order of equal keys',
      { from, value: '{{ each.item.id }}', sortBy: 'each.item.size' },
      ['d', 'b', 'c', 'a'],
    ],
    [
      'sorts downwards, and keeps the order of equal keys',
      { from, value: '{{ each.item.id }}', sortBy: 'each.item.size', descending: true },
      ['a', 'b', 'c', 'd'],
    ],
    ['sorts by the value', { from, value: '{{ upper(each.item.id) }}', sortBy: 'each.value', limit: 2 }, ['A', 'B']],
    [
      'puts items without a key last, upwards',
      { from, value: '{{ each.item.id }}', sortBy: 'each.item.?tag' },
      ['b', 'c', 'd', 'a'],
    ],
    [
      'puts items without a key last, downwards',
      { from, value: '{{ each.item.id }}', sortBy: 'each.item.?tag', descending: true },
      ['d', 'b', 'c', 'a'],
    ],
    ['gives one value without a list', { value: { rows: '{{ size(vars.rows) }}', text: 'plain' } }, { rows: 4, text: 'plain' }],
    [
      'takes a list that is written out',
      { from: ['x', '{{ vars.rows[0].id }}'], value: '{{ each.item }}{{ each.index }}' },
      ['x0', 'b1'],
    ],
  ])('%s', (_what, config, result) => {
    expect(transformed(config)).toEqual(result);
  });

  it('refuses what is no list, and keys without an order', () => {
    const config: TransformConfig = { from: 'text', value: '' };
    expect(() => new TransformNode().run({ config, fields: {} }, contextOf())).toThrow('gave no list');
    expect(() => compareKeys('a', 1)).toThrow('have no order');
    expect(() => compareKeys([1], [2])).toThrow('have no order');
  });
});
