import { describe, expect, it } from '@jest/globals';
import { Coalesced } from './coalesced.js';

describe('Coalesced', () => {
  it('runs once more for any number of calls that come during a run', async () => {
    const gate = new Gate();
    const work = new Coalesced(gate.pass);
    const first = work.trigger();
    const later = [work.trigger(), work.trigger(), work.trigger()];
    gate.open();
    await first;
    gate.open();
    await Promise.all(later);
    expect(gate.passed).toBe(2);
  });

  it('resolves a call only when a run that began after it has ended', async () => {
    const gate = new Gate();
    const work = new Coalesced(gate.pass);
    void work.trigger();
    let settled = false;
    const second = work.trigger().then(() => {
      settled = true;
    });
    gate.open();
    await Promise.resolve();
    expect(settled).toBe(false);
    await gate.reached(2);
    gate.open();
    await second;
    expect(settled).toBe(true);
  });

  it('runs again after a run that failed', async () => {
    let runs = 0;
    const work = new Coalesced(() => {
      runs += 1;
      return runs === 1 ? Promise.reject(new Error('first')) : Promise.resolve();
    });
    const first = work.trigger();
    const second = work.trigger();
    await expect(first).rejects.toThrow('first');
    await second;
    expect(runs).toBe(2);
  });

  it('begins nothing after a stop, and the stop awaits what runs', async () => {
    const gate = new Gate();
    const work = new Coalesced(gate.pass);
    const first = work.trigger();
    const second = work.trigger();
    const stopped = work.stop();
    gate.open();
    await Promise.all([first, second, stopped]);
    await work.trigger();
    expect(gate.passed).toBe(1);
  });
});

/** Work that waits until it is let through, once per call of `open`. */
class Gate {
  passed = 0;
  private waiting: Array<() => void> = [];
  private allowed = 0;
  private arrivals = 0;

  readonly pass = async (): Promise<void> => {
    this.arrivals += 1;
    if (this.allowed > 0) this.allowed -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.passed += 1;
  };

  open(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.allowed += 1;
  }

  async reached(arrivals: number): Promise<void> {
    while (this.arrivals < arrivals) await new Promise((resolve) => setImmediate(resolve));
  }
}
