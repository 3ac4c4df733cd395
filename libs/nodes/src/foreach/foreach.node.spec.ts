import { describe, expect, it } from '@jest/globals';
import { ForeachNode } from './foreach.node.js';

const fields = { body: 'a', join: 'b' };

describe('foreach', () => {
  it('hands its items to the machine', () => {
    expect(new ForeachNode().run({ config: { items: ['a', 'b'], maxItems: 2 }, fields })).toEqual({
      kind: 'done',
      port: 'body',
      output: { items: ['a', 'b'] },
    });
  });

  it('raises limit.items for a longer list, and says both numbers', () => {
    expect(() => new ForeachNode().run({ config: { items: [1, 2, 3], maxItems: 2 }, fields })).toThrow(
      /limit\.items: .*3 items.*allows 2/,
    );
  });

  it('refuses what is no list', () => {
    expect(() => new ForeachNode().run({ config: { items: 'abc', maxItems: 2 }, fields })).toThrow('gave no list');
  });
});
