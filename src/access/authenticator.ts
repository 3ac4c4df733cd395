import { Injectable, Logger } from '@nestjs/common';
import type { ApiKeyRecord } from '@workflows/ports';
import { ApiKeyStore } from '@workflows/storage';
import { Config } from '../config/config.js';
import { type ApiKeyScope, parseApiKey, sameSecret, SCOPES } from './api-key.js';
import type { Caller } from './caller.js';
import { FailedAttempts } from './failed-attempts.js';
import { RequestRates } from './request-rates.js';

/** A revoked key may pass this much longer, in milliseconds: well below the promised 5 seconds. */
const REMEMBERED_MS = 3_000;
const MOST_REMEMBERED = 10_000;
const TOUCH_EVERY_MS = 60_000;

interface Remembered {
  caller: Caller & { kind: 'tenant' };
  until: number;
  /** Wall-clock time at which the key ends, in milliseconds. */
  expiresAt: number;
}

/** Finds out who asks, from the Authorization header alone. */
@Injectable()
export class Authenticator {
  private readonly logger = new Logger(Authenticator.name);
  private readonly attempts = new FailedAttempts();
  private readonly rates: RequestRates;
  private readonly remembered = new Map<string, Remembered>();
  private readonly touched = new Map<string, number>();

  constructor(
    private readonly config: Config,
    private readonly keys: ApiKeyStore,
  ) {
    this.rates = new RequestRates(config.values.REQUESTS_PER_SECOND);
  }

  /** Who asks, or that he has to wait: limits hold for everybody but the operator, who must get in when all is busy. */
  async admit(authorization: string | undefined, address: string): Promise<Caller> {
    const caller = await this.callerOf(authorization, address);
    if (caller.kind === 'operator' || caller.kind === 'blocked') return caller;
    const wait = this.rates.take({
      address,
      ...(caller.kind === 'tenant' ? { tenantId: caller.tenantId, keyId: caller.keyId } : {}),
    });
    return wait === 0 ? caller : { kind: 'hurried', retryAfterSeconds: wait };
  }

  /** Rejects with DatabaseUnavailable when a key cannot be looked up; never answers "allowed" in doubt. */
  private async callerOf(authorization: string | undefined, address: string): Promise<Caller> {
    if (authorization === undefined) return { kind: 'anonymous' };
    const presented = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    const parsed = presented === undefined ? null : parseApiKey(presented);
    // Keys that were proven a moment ago pass even where somebody else at the same address is guessing.
    const known = parsed === null ? undefined : this.recall(parsed.hash);
    if (known !== undefined) return known;
    const wait = this.attempts.waitOf(address);
    if (wait > 0) return { kind: 'blocked', retryAfterSeconds: wait };
    const caller = await this.prove(presented, parsed);
    if (caller.kind === 'refused') this.attempts.count(address);
    return caller;
  }

  private async prove(presented: string | undefined, parsed: { prefix: string; hash: string } | null): Promise<Caller> {
    if (presented === undefined) return refused('The Authorization header has another form. Send "Authorization: Bearer <key>".');
    if (parsed === null) {
      const operator = sameSecret(presented, this.config.values.OPERATOR_API_KEY);
      return operator ? { kind: 'operator' } : refused('The key is not valid. Check that it was copied whole.');
    }
    const found = await this.keys.findByPrefix(parsed.prefix);
    if (found === null || !sameSecret(parsed.hash, found.hash))
      return refused('The key is not valid. Check that it was copied whole.');
    const record = found.key;
    if (record.revokedAt !== null) return refused('The key was revoked. Create another one.');
    const expiresAt = record.expiresAt === null ? Infinity : Date.parse(record.expiresAt);
    if (expiresAt <= Date.now()) return refused('The key has expired. Create another one.');
    const scopes = SCOPES.filter((scope): scope is ApiKeyScope => record.scopes.includes(scope));
    const caller = { kind: 'tenant', tenantId: record.tenantId, keyId: record.id, keyName: record.name, scopes } as const;
    this.remember(parsed.hash, caller, expiresAt);
    this.touch(record);
    return caller;
  }

  private recall(hash: string): Caller | undefined {
    const known = this.remembered.get(hash);
    return known !== undefined && known.until > performance.now() && known.expiresAt > Date.now() ? known.caller : undefined;
  }

  private remember(hash: string, caller: Remembered['caller'], expiresAt: number): void {
    const [oldest] = this.remembered.keys();
    if (oldest !== undefined && this.remembered.size >= MOST_REMEMBERED) this.remembered.delete(oldest);
    this.remembered.delete(hash);
    this.remembered.set(hash, { caller, until: performance.now() + REMEMBERED_MS, expiresAt });
  }

  /** "Last used" is a help for people, so it is written at most once a minute and its failure refuses nobody. */
  private touch(key: ApiKeyRecord): void {
    const now = performance.now();
    if (now - (this.touched.get(key.id) ?? -Infinity) < TOUCH_EVERY_MS) return;
    if (this.touched.size >= MOST_REMEMBERED) this.touched.clear();
    this.touched.set(key.id, now);
    this.keys.touch(key).catch((error: unknown) => this.logger.warn('The last use of a key could not be noted', error));
  }
}

const refused = (reason: string): Caller => ({ kind: 'refused', reason });
