import { describe, expect, it } from '@jest/globals';
import { forwardOrder, Worklist } from './worklist.js';

const next = (ways: Record<string, string[]>) => (id: string) => [...(ways[id] ?? [])];

describe('the order of an analysis', () => {
  it('puts what leads to a node in front of it, where no loop leads back', () => {
    expect(forwardOrder('a', next({ a: ['c', 'b'], b: ['c'], c: ['d', 'a'] }))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('takes a chain that is longer than any stack', () => {
    const order = forwardOrder('0', (id) => (Number(id) < 100_000 ? [String(Number(id) + 1)] : []));
    expect([order.length, order.at(-1)]).toEqual([100_001, '100000']);
  });
});

describe('a worklist', () => {
  it('gives each id once, however often it was added, and again when it is added again', () => {
    const open = new Worklist(['a', 'b', 'c']);
    for (const id of ['c', 'a', 'c']) open.add(id);
    const given: string[] = [];
    for (const id of open) {
      given.push(id);
      if (id === 'c' && given.length < 4) open.add('b');
    }
    expect(given).toEqual(['a', 'c', 'b']);
  });

  it('leaves nothing behind that its order does not know', () => {
    const open = new Worklist(['a']);
    open.add('stranger');
    expect([...open]).toEqual(['stranger']);
  });
});
