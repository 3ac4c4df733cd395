const MOST_BUCKETS = 50_000;
/** A caller that was quiet may send what it could have sent in this many seconds at once. */
const BURST_SECONDS = 2;

interface Bucket {
  tokens: number;
  at: number;
}

/** A request that asks to be let in: by which key of which tenant, from where. */
interface Passage {
  address: string;
  tenantId?: string;
  keyId?: string;
}

/**
 * Requests a second for each key, and twice as many for each tenant and for each address: one busy key cannot use up its
 * tenant, one tenant not the process. Token buckets in memory: each process guards its own door, and what is kept is bounded.
 */
export class RequestRates {
  private readonly buckets = new Map<string, Bucket>();

  /** `perSecond` for one key; 0 sets no limit. `now` is in milliseconds and only moves forward. */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts the request; answers after how many seconds it may come again, and 0 when it may pass. */
  take({ address, tenantId, keyId }: Passage): number {
    if (this.perSecond === 0) return 0;
    const limits: Array<[string, number]> = [[`address:${address}`, 2 * this.perSecond]];
    if (tenantId !== undefined) limits.push([`tenant:${tenantId}`, 2 * this.perSecond]);
    if (keyId !== undefined) limits.push([`key:${keyId}`, this.perSecond]);
    const filled = limits.map(([name, rate]) => ({ name, rate, tokens: this.tokensOf(name, rate) }));
    const wait = Math.max(...filled.map(({ rate, tokens }) => (tokens >= 1 ? 0 : (1 - tokens) / rate)));
    // A refused request takes nothing: who keeps knocking gets in as soon as who waits.
    if (wait > 0) return Math.max(1, Math.ceil(wait));
    for (const { name, tokens } of filled) this.keep(name, tokens - 1);
    return 0;
  }

  private tokensOf(name: string, rate: number): number {
    const most = rate * BURST_SECONDS;
    const known = this.buckets.get(name);
    return known === undefined ? most : Math.min(most, known.tokens + ((this.now() - known.at) / 1000) * rate);
  }

  /** The least recently used stands in front and falls out: a bucket that nobody asks for is full anyway. */
  private keep(name: string, tokens: number): void {
    this.buckets.delete(name);
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined && this.buckets.size >= MOST_BUCKETS) this.buckets.delete(oldest);
    this.buckets.set(name, { tokens, at: this.now() });
  }
}
