import { Injectable } from '@nestjs/common';
import type { TenantRecord } from '@workflows/ports';
import { TenantStore } from '@workflows/storage';
import { LRUCache } from 'lru-cache';

const REMEMBERED_MS = 5_000;

/** Tenants as runs see them: name, timezone, locale, settings. A change is seen within seconds. */
@Injectable()
export class Tenants {
  private readonly known = new LRUCache<string, TenantRecord>({ max: 10_000, ttl: REMEMBERED_MS });

  constructor(private readonly store: TenantStore) {}

  async get(tenantId: string): Promise<TenantRecord> {
    const known = this.known.get(tenantId);
    if (known !== undefined) return known;
    const tenant = await this.store.get(tenantId);
    if (tenant === null) throw new Error(`Tenant ${tenantId} does not exist.`);
    this.known.set(tenantId, tenant);
    return tenant;
  }
}
