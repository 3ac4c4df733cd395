import { Injectable } from '@nestjs/common';
import type { ConnectionRoute } from '@workflows/ports';
import { ConnectionStore } from '@workflows/storage';
import { LRUCache } from 'lru-cache';

/** How long a disabled or moved account may still be routed to its old connection. */
const REMEMBERED_MS = 5_000;

/** Which tenant an account of a channel belongs to. Known accounts are remembered for a few seconds; unknown ones never. */
@Injectable()
export class ConnectionRoutes {
  private readonly known = new LRUCache<string, ConnectionRoute>({ max: 50_000, ttl: REMEMBERED_MS });

  constructor(private readonly store: ConnectionStore) {}

  /** Account -> route; accounts that no active connection has are missing. */
  async find(channel: string, accounts: Iterable<string>): Promise<Map<string, ConnectionRoute>> {
    const found = new Map<string, ConnectionRoute>();
    const asked: string[] = [];
    for (const account of new Set(accounts)) {
      const route = this.known.get(`${channel} ${account}`);
      if (route === undefined) asked.push(account);
      else found.set(account, route);
    }
    if (asked.length === 0) return found;
    for (const route of await this.store.routes(channel, asked)) {
      this.known.set(`${channel} ${route.account}`, route);
      found.set(route.account, route);
    }
    return found;
  }
}
