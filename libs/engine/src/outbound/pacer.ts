import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ENGINE_OPTIONS, type EngineOptions } from '../engine-options.js';

/**
 * Spaces the sends of each connection evenly, because a number that sends faster than its provider allows is refused
 * (WhatsApp: 80 messages a second by default). Paces this process only.
 */
@Injectable()
export class Pacer {
  private readonly nextAt = new Map<string, number>();

  constructor(@Inject(ENGINE_OPTIONS) private readonly options: EngineOptions) {}

  /** Resolves when it is this message's turn on its connection. */
  async turn(connectionId: string): Promise<void> {
    const now = performance.now();
    const spacing = 1_000 / this.options.sendsPerSecond;
    const at = Math.max(this.nextAt.get(connectionId) ?? 0, now);
    this.nextAt.set(connectionId, at + spacing);
    if (at > now) await pause(at - now);
  }
}
