import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Hook } from '../ground/deployment.js';
import { wallMillis } from '../measure/latencies.js';

export interface Sent {
  accepted: number;
  /** Requests that were not answered by 202, by what they were answered with. */
  refused: Record<string, number>;
  /** Milliseconds from request to answer. */
  acks: number[];
}

/** Sends signed webhooks to the hooks in turn, over connections that stay open. */
export class Webhooks {
  private readonly pool: Pool;
  private readonly targets: Array<{ path: string; secret: string }>;
  private turn = 0;
  sent: Sent = { accepted: 0, refused: {}, acks: [] };

  constructor(hooks: readonly Hook[], connections: number) {
    const [first] = hooks;
    if (first === undefined) throw new Error('There is no hook to send to.');
    this.pool = new Pool(new URL(first.url).origin, { connections, pipelining: 1 });
    this.targets = hooks.map(({ url, secret }) => ({ path: new URL(url).pathname, secret }));
  }

  /** Every one of `slots` sends its next webhook when its last was answered, until `forMs` are over or `most` were sent. */
  async closedLoop(slots: number, forMs: number, most = Number.POSITIVE_INFINITY): Promise<void> {
    const end = performance.now() + forMs;
    let begun = 0;
    const slot = async (): Promise<void> => {
      while (performance.now() < end && begun < most) {
        begun += 1;
        await this.send();
      }
    };
    await Promise.all(Array.from({ length: slots }, slot));
  }

  /** Sends `perSecond` whatever the answers do, evenly, for `forMs`. */
  async openLoop(perSecond: number, forMs: number): Promise<void> {
    const start = performance.now();
    const under: Array<Promise<void>> = [];
    for (let n = 0; n < (perSecond * forMs) / 1000; n += 1) {
      const wait = start + (n * 1000) / perSecond - performance.now();
      if (wait > 1) await pause(wait);
      under.push(this.send());
    }
    await Promise.all(under);
  }

  forget(): void {
    this.sent = { accepted: 0, refused: {}, acks: [] };
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private async send(): Promise<void> {
    const target = this.targets[this.turn++ % this.targets.length];
    if (target === undefined) return;
    const sentAt = wallMillis();
    const body = JSON.stringify({ id: randomUUID(), name: 'Ada Lovelace', amount: 42, sentAt });
    const signature = createHmac('sha256', target.secret).update(body).digest('hex');
    const began = performance.now();
    const outcome = await this.pool
      .request({
        method: 'POST',
        path: target.path,
        headers: { 'content-type': 'application/json', 'x-signature': signature },
        body,
      })
      .then(async (answer) => (await answer.body.text(), String(answer.statusCode)))
      .catch((error: unknown) => (error instanceof Error ? error.name : 'failed'));
    if (outcome === '202') {
      this.sent.accepted += 1;
      this.sent.acks.push(performance.now() - began);
    } else {
      this.sent.refused[outcome] = (this.sent.refused[outcome] ?? 0) + 1;
    }
  }
}
