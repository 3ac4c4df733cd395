import type { EffectResult } from '@workflows/core';
import type { CancelOrder, RunAtWork } from '@workflows/ports';
import type { CancelWatch } from './cancel-watch.js';

/** A call that has come to its end; `error` when it may not be made any more. */
export type Called = { seq: number } & ({ result: EffectResult } | { error: unknown });

/** The calls of one run that are under way. While there are some, the run hears of its cancel. */
export class CallsInFlight {
  /** By the number of their effect. */
  private readonly calls = new Map<number, Promise<Called>>();
  private abort = new AbortController();
  private cancelled: Promise<CancelOrder> | null = null;
  private release: () => void = () => undefined;

  constructor(
    private readonly run: RunAtWork,
    private readonly watch: CancelWatch,
  ) {}

  get size(): number {
    return this.calls.size;
  }

  /** `call` is to end soon after its signal. */
  begin(seq: number, call: (signal: AbortSignal) => Promise<EffectResult>): void {
    const called = call(this.abort.signal).then(
      (result) => ({ seq, result }),
      (error: unknown) => ({ seq, error }),
    );
    this.calls.set(seq, called);
  }

  /** What comes first: the end of a call, which is no longer in flight then, or an order to cancel the run. */
  async next(): Promise<Called | CancelOrder> {
    this.cancelled ??= new Promise((resolve) => {
      this.release = this.watch.watch(this.run, resolve).release;
    });
    const next = await Promise.race([...this.calls.values(), this.cancelled]);
    if ('seq' in next) this.calls.delete(next.seq);
    // Told once: what is left of the run cannot be cancelled again.
    else this.cancelled = new Promise(() => undefined);
    if (this.calls.size === 0) this.stopWatching();
    return next;
  }

  /** Breaks all calls off, and answers how each ended: some may just have been answered. */
  async breakOff(): Promise<Called[]> {
    this.abort.abort();
    this.abort = new AbortController();
    const calls = [...this.calls.values()];
    this.calls.clear();
    this.stopWatching();
    return Promise.all(calls);
  }

  stopWatching(): void {
    this.release();
    this.cancelled = null;
  }
}
