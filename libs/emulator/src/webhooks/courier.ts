import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';
import type { EmulatorClock } from '../clock.js';
import type { WebhookDelivery, WebhookTarget } from '../records.js';

const AT_A_TIME = 8;
const ANSWER_WITHIN_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** With the pauses above: about ten minutes, where Meta goes on for days. */
const MOST_ATTEMPTS = 60;
const KEPT_DELIVERIES = 5_000;

/**
 * Carries webhooks to the callback of their number: signed over the bytes, several at a time, and again until the
 * answer is 200. Order is kept only as long as nothing has to be repeated, as with Meta.
 */
export class WebhookCourier {
  private readonly agent = new Agent({ headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS });
  private readonly queue: Array<() => Promise<void>> = [];
  private readonly pauses = new Set<NodeJS.Timeout>();
  private readonly deliveries: WebhookDelivery[] = [];
  private running = 0;
  /** Raised by clear(): what was in flight before must not come back. */
  private generation = 0;
  private lastId = 0;
  private stopped = false;

  constructor(private readonly clock: EmulatorClock) {}

  /** Queues a webhook; an account without a callback gets none. */
  send({ phoneNumberId, appSecret, callbackUrl }: WebhookTarget, field: string, payload: unknown): void {
    if (callbackUrl === null || this.stopped) return;
    this.lastId += 1;
    const delivery: WebhookDelivery = {
      id: this.lastId,
      at: this.clock.now().toISOString(),
      phoneNumberId,
      field,
      attempts: 0,
      state: 'pending',
      lastStatus: null,
    };
    this.deliveries.push(delivery);
    if (this.deliveries.length > KEPT_DELIVERIES) this.deliveries.shift();
    const body = metaJson(payload);
    this.enqueue(() => this.attempt(delivery, callbackUrl, body, appSecret));
  }

  list(): WebhookDelivery[] {
    return [...this.deliveries];
  }

  pending(): number {
    return this.deliveries.filter(({ state }) => state === 'pending').length;
  }

  /** Gives up everything that is still on its way. */
  clear(): void {
    this.generation += 1;
    this.queue.length = 0;
    for (const pause of this.pauses) clearTimeout(pause);
    this.pauses.clear();
    this.deliveries.length = 0;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.clear();
    await this.agent.destroy();
  }

  private enqueue(job: () => Promise<void>): void {
    this.queue.push(job);
    this.runNext();
  }

  private runNext(): void {
    const job = this.running < AT_A_TIME ? this.queue.shift() : undefined;
    if (job === undefined) return;
    this.running += 1;
    void job().finally(() => {
      this.running -= 1;
      this.runNext();
    });
  }

  private async attempt(delivery: WebhookDelivery, url: string, body: Buffer, appSecret: string): Promise<void> {
    const { generation } = this;
    delivery.attempts += 1;
    delivery.lastStatus = await this.post(url, body, appSecret);
    if (generation !== this.generation) return;
    if (delivery.lastStatus === 200) {
      delivery.state = 'delivered';
    } else if (delivery.attempts >= MOST_ATTEMPTS) {
      delivery.state = 'given_up';
    } else {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (delivery.attempts - 1), LONGEST_PAUSE_MS);
      const pause = setTimeout(() => {
        this.pauses.delete(pause);
        this.enqueue(() => this.attempt(delivery, url, body, appSecret));
      }, pauseMs);
      this.pauses.add(pause);
    }
  }

  /** The status of the answer, or null when there was none. */
  private async post(url: string, body: Buffer, appSecret: string): Promise<number | null> {
    try {
      const answer = await request(url, {
        method: 'POST',
        dispatcher: this.agent,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'facebookexternalua',
          'x-hub-signature-256': signatureOf(body, appSecret),
        },
        body,
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return null;
    }
  }
}

function signatureOf(body: Buffer, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** JSON as Meta writes it: slashes and everything beyond ASCII escaped. Whoever signs a re-serialised body is found out. */
function metaJson(payload: unknown): Buffer {
  const escaped = JSON.stringify(payload)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.from(escaped);
}
