import { describe, expect, it } from '@jest/globals';
import { EndNode } from './end.node.js';

describe('end', () => {
  it('completes the run unless it says otherwise', () => {
    expect(new EndNode().run({ config: {}, fields: {} })).toEqual({ kind: 'ended', status: 'completed' });
  });

  it('ends with a status, a reason and a result', () => {
    const config = { status: 'failed', reason: 'no_stock', output: { left: 0 } } as const;
    expect(new EndNode().run({ config, fields: {} })).toEqual({ kind: 'ended', ...config });
  });
});
