import { describe, expect, it } from '@jest/globals';
import { contextOf } from '../__fixtures__/context.js';
import { switchSpec } from './switch.config.js';
import { SwitchNode } from './switch.node.js';

const fields = {
  cases: [
    { when: 'a', next: 'one' },
    { when: 'b', next: 'two' },
  ],
  default: 'three',
};

describe('switch', () => {
  it.each([
    [['a', 'b'], 'cases/0'],
    [['b'], 'cases/1'],
    [[], 'default'],
  ])('with %j true leaves by %s', (holding, port) => {
    const context = contextOf({ evaluate: (source) => holding.some((each) => each === source) });
    expect(new SwitchNode().run({ config: {}, fields }, context)).toEqual({ kind: 'done', port });
  });

  it('names all its targets to the compiler', () => {
    expect(switchSpec.targets?.({ config: {}, fields, interruptible: false })).toEqual({
      '/cases/0/next': 'one',
      '/cases/1/next': 'two',
      '/default': 'three',
    });
  });
});
