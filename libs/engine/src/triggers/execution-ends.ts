import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { DatabaseUnavailable } from '@workflows/ports';
import { type ExecutionEnd, ExecutionStore } from '@workflows/storage';
import { ExecutionAdvanced } from '../facts/execution-facts.js';

/** Pauses between two looks at a run that another process may advance: short at first, as most runs end at once. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Waits for runs to end, for doors whose caller stays on the line. Postgres says how a run ended. The fact only makes
 * the next look come at once where the run is advanced by this process; for all others the look comes with the clock.
 */
@Injectable()
export class ExecutionEnds implements BeforeApplicationShutdown {
  private readonly bells = new Map<string, Set<Bell>>();
  private leaving = false;

  constructor(private readonly executions: ExecutionStore) {}

  /** How the run ended; null when it still goes on after `withinMs`, or when this process has to leave before. */
  async wait(tenantId: string, executionId: string, withinMs: number): Promise<ExecutionEnd | null> {
    const deadline = performance.now() + withinMs;
    const bell = this.hang(executionId);
    try {
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
        const end = await this.look(tenantId, executionId);
        const leftMs = deadline - performance.now();
        if (end !== null || leftMs <= 0 || this.leaving) return end;
        await bell.heard(Math.min(pauseMs, leftMs));
      }
    } finally {
      this.take(executionId, bell);
    }
  }

  @OnEvent(ExecutionAdvanced.fact)
  advanced({ executionId, status }: ExecutionAdvanced): void {
    if (status !== 'completed' && status !== 'failed' && status !== 'cancelled') return;
    for (const bell of this.bells.get(executionId) ?? []) bell.ring();
  }

  /** Nobody is kept on the line by a process that is told to stop. */
  beforeApplicationShutdown(): void {
    this.leaving = true;
    for (const bells of this.bells.values()) for (const bell of bells) bell.ring();
  }

  /** The run is accepted already: a database that is away for a moment must not make its sender start a second one. */
  private async look(tenantId: string, executionId: string): Promise<ExecutionEnd | null> {
    try {
      return await this.executions.end(tenantId, executionId);
    } catch (error) {
      if (error instanceof DatabaseUnavailable) return null;
      throw error;
    }
  }

  private hang(executionId: string): Bell {
    const bell = new Bell();
    this.bells.set(executionId, (this.bells.get(executionId) ?? new Set()).add(bell));
    return bell;
  }

  private take(executionId: string, bell: Bell): void {
    const bells = this.bells.get(executionId);
    bells?.delete(bell);
    if (bells?.size === 0) this.bells.delete(executionId);
  }
}

/** Remembers one ring, so that a run that ends during a look is looked at again at once. */
class Bell {
  private rung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Resolves when it was rung since the last time, or after `ms`. */
  async heard(ms: number): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.rung = false;
    this.wake = undefined;
  }
}
