/** A bounded number of things at once, for work that is started without waiting for its end. */
export class Room {
  private taken = 0;
  private waiting: Array<{ need: number; resolve: () => void }> = [];

  constructor(private readonly size: number) {}

  get left(): number {
    return this.size - this.taken;
  }

  /** Resolves when `need` places are free. */
  async forAtLeast(need: number): Promise<void> {
    if (this.left >= need) return;
    await new Promise<void>((resolve) => this.waiting.push({ need, resolve }));
  }

  async empty(): Promise<void> {
    await this.forAtLeast(this.size);
  }

  /** Takes a place until `work` ends. What it rejects with is the caller's. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    this.taken += 1;
    try {
      return await work();
    } finally {
      this.taken -= 1;
      const ready = this.waiting.filter(({ need }) => this.left >= need);
      this.waiting = this.waiting.filter(({ need }) => this.left < need);
      for (const { resolve } of ready) resolve();
    }
  }
}
