import { Injectable } from '@nestjs/common';
import type { ChannelAccount } from '@workflows/ports';
import { ConnectionStore } from '@workflows/storage';
import { LRUCache } from 'lru-cache';
import { SecretBox } from '../secrets/index.js';

/** How long a changed secret or a disabled connection may still be in use. */
const REMEMBERED_MS = 5_000;

/** Opens a tenant's account on a channel for a send: its settings and its secrets in clear. */
@Injectable()
export class ConnectionAccounts {
  private readonly opened = new LRUCache<string, ChannelAccount>({ max: 10_000, ttl: REMEMBERED_MS });

  constructor(
    private readonly store: ConnectionStore,
    private readonly box: SecretBox,
  ) {}

  /** Null when the connection is disabled or does not exist in this tenant. Throws SecretUnreadable. */
  async open(tenantId: string, connectionId: string): Promise<ChannelAccount | null> {
    const key = `${tenantId} ${connectionId}`;
    const known = this.opened.get(key);
    if (known !== undefined) return known;
    const stored = await this.store.sealedAccount(tenantId, connectionId);
    if (stored === null || stored.status !== 'active') return null;
    const secrets = Object.fromEntries(
      Object.entries(stored.sealed).map(([name, sealed]) => [name, this.box.open({ tenantId, connectionId, name }, sealed)]),
    );
    const account: ChannelAccount = { tenantId, connectionId, account: stored.account, settings: stored.settings, secrets };
    this.opened.set(key, account);
    return account;
  }
}
