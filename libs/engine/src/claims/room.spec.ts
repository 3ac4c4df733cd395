import { describe, expect, it } from '@jest/globals';
import { Room } from './room.js';

describe('Room', () => {
  it('lets nobody wait while there are places', async () => {
    const room = new Room(2);
    await room.forAtLeast(2);
    expect(room.left).toBe(2);
  });

  it('wakes a waiter only when as many places are free as it needs', async () => {
    const room = new Room(2);
    const [first, second] = [opened(), opened()];
    const working = [room.take(() => first.promise), room.take(() => second.promise)];
    let woken = false;
    const waiting = room.forAtLeast(2).then(() => (woken = true));
    first.open();
    await working[0];
    expect({ left: room.left, woken }).toEqual({ left: 1, woken: false });
    second.open();
    await waiting;
    expect(room.left).toBe(2);
  });

  it('gives a place back when the work fails', async () => {
    const room = new Room(1);
    await expect(room.take(() => Promise.reject(new Error('failed on purpose')))).rejects.toThrow('failed on purpose');
    await room.empty();
    expect(room.left).toBe(1);
  });
});

function opened(): { promise: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}
