import { setTimeout as pause } from 'node:timers/promises';
import type { EmulatorClient, LedgerEntry } from '@workflows/emulator';
import type { Draws } from './draws.js';
import { transcriptOf } from './order.workflow.js';

/** A message that a customer wrote, and whose webhook the emulator carries until it is answered by 200. */
export interface Said {
  waId: string;
  phoneNumberId: string;
  messageId: string;
  /** It must start a run. */
  starts: boolean;
}

const LOOK_MS = 500;

/** Customers who order again and again, each one order after the other, and answer as soon as they are asked. */
export class Customers {
  readonly said: Said[] = [];
  /** What each customer must have read by now, complete when all have come to their end. */
  readonly expected = new Map<string, string[]>();
  readonly got = new Map<string, LedgerEntry[]>();
  private readonly woken = new Set<() => void>();
  private readonly stopped = new AbortController();
  private readonly served: Array<Promise<void>> = [];
  private seq = 0;

  constructor(
    private readonly emulator: EmulatorClient,
    private readonly draws: Draws,
  ) {}

  get ordered(): number {
    return this.said.filter(({ starts }) => starts).length;
  }

  get messages(): number {
    return this.seq;
  }

  /** Each of `perNumber` customers of each number orders until `until` says stop, and resolves when all have had their last goodbye. */
  async play(numbers: readonly string[], perNumber: number, until: AbortSignal): Promise<void> {
    const tail = this.follow();
    for (const [place, number] of numbers.entries()) {
      for (let n = 0; n < perNumber; n += 1) this.add(number, `55119${String(80_000_000 + place * 10_000 + n)}`, until);
    }
    // Others may have come in the meantime.
    for (let people = 0; people < this.served.length;) {
      people = this.served.length;
      await Promise.all(this.served);
    }
    this.stopped.abort();
    await tail;
  }

  /** Nobody waits any longer: what has not come by now is lost. */
  giveUp(): void {
    this.stopped.abort();
    this.wake();
  }

  /** One customer more, who orders until `until` says stop, and once in any case. */
  add(phoneNumberId: string, waId: string, until: AbortSignal): void {
    this.served.push(this.serve(phoneNumberId, waId, until));
  }

  private async serve(phoneNumberId: string, waId: string, until: AbortSignal): Promise<void> {
    const draws = this.draws.of(waId);
    const expected: string[] = [];
    this.expected.set(waId, expected);
    // Not all at once: the first second would measure nothing but the rush.
    await pause(draws.between(0, 1_000));
    for (let n = 1; (n === 1 || !until.aborted) && !this.stopped.signal.aborted; n += 1) {
      const order = `order ${n} of ${waId}`;
      const size = `size ${Math.floor(draws.between(30, 50))}`;
      const transcript = transcriptOf(order, size);
      const before = expected.length;
      expected.push(...transcript);
      await this.say(phoneNumberId, waId, order, true);
      if (!(await this.hasRead(waId, transcript[1] ?? '', before))) return;
      await this.say(phoneNumberId, waId, size, false);
      if (!(await this.hasRead(waId, transcript.at(-1) ?? '', before))) return;
    }
  }

  private async say(phoneNumberId: string, waId: string, text: string, starts: boolean): Promise<void> {
    const { messageId } = await this.emulator.say(waId, { text, phoneNumberId, name: 'Ana' });
    this.said.push({ waId, phoneNumberId, messageId, starts });
  }

  private async hasRead(waId: string, text: string, from: number): Promise<boolean> {
    for (;;) {
      if (
        this.got
          .get(waId)
          ?.slice(from)
          .some((entry) => entry.text === text)
      )
        return true;
      if (this.stopped.signal.aborted) return false;
      await new Promise<void>((resolve) => this.woken.add(resolve));
    }
  }

  private async follow(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      await this.look(LOOK_MS);
      this.wake();
    }
  }

  /** Takes what was accepted since the last look. */
  async look(waitMs = 0): Promise<void> {
    for (const entry of await this.emulator.messages({ after: this.seq, waitMs })) {
      this.seq = entry.seq;
      const waId = entry.waId ?? 'nobody';
      this.got.set(waId, [...(this.got.get(waId) ?? []), entry]);
    }
  }

  private wake(): void {
    for (const resolve of this.woken) resolve();
    this.woken.clear();
  }
}
