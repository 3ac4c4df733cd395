import { describe, expect, it } from '@jest/globals';
import { DatabaseRefusal, DatabaseUnavailable } from '@workflows/ports';
import { GroupCommit } from './group-commit.js';

/** A call whose end the test decides. */
function manual() {
  const calls: Array<{ items: number[]; finish: () => void; fail: (error: Error) => void }> = [];
  const call = (items: number[]) =>
    new Promise<number[]>((resolve, reject) => {
      calls.push({ items, finish: () => resolve(items.map((item) => item * 10)), fail: reject });
    });
  return { calls, call };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('GroupCommit', () => {
  it('sends what is alone at once, and gathers while it is away', async () => {
    const { calls, call } = manual();
    const group = new GroupCommit<number, number>({ inFlight: 1, maxItems: 10, call });
    const first = group.add(1);
    await turn();
    const rest = [group.add(2), group.add(3), group.add(4)];
    await turn();
    expect(calls.map(({ items }) => items)).toEqual([[1]]);
    calls[0]?.finish();
    expect(await first).toBe(10);
    await turn();
    expect(calls.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
    calls[1]?.finish();
    expect(await Promise.all(rest)).toEqual([20, 30, 40]);
  });

  it('puts no more than its share in a call, and no key twice', async () => {
    const { calls, call } = manual();
    const group = new GroupCommit<number, number>({ inFlight: 4, maxItems: 2, key: (item) => String(item % 3), call });
    const added = [1, 4, 2, 3].map((item) => group.add(item));
    await turn();
    expect(calls.map(({ items }) => items)).toEqual([
      [1, 2],
      [4, 3],
    ]);
    calls.forEach(({ finish }) => finish());
    expect(await Promise.all(added)).toEqual([10, 40, 20, 30]);
  });

  it('tries one by one what a rule has refused together', async () => {
    const call = async (items: number[]) => {
      await turn();
      if (items.includes(2)) throw new DatabaseRefusal('invalid', 'no twos');
      return items;
    };
    const group = new GroupCommit<number, number>({ inFlight: 1, maxItems: 10, call });
    const outcomes = await Promise.allSettled([1, 2, 3].map((item) => group.add(item)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('does not try one by one while the database is away', async () => {
    const { calls, call } = manual();
    const group = new GroupCommit<number, number>({ inFlight: 1, maxItems: 10, call });
    const added = Promise.allSettled([1, 2, 3].map((item) => group.add(item)));
    await turn();
    calls[0]?.fail(new DatabaseUnavailable('away'));
    expect((await added).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(calls).toHaveLength(1);
  });
});
