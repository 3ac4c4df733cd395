import { describe, expect, it } from '@jest/globals';
import { SetNode } from './set.node.js';

describe('set', () => {
  it('leaves everything to the assignments of the node', () => {
    expect(new SetNode().run()).toEqual({ kind: 'done', output: {} });
  });
});
