import { Injectable } from '@nestjs/common';
import { type ApiKeyRecord, Database } from '@workflows/ports';

export interface NewApiKey {
  name: string;
  /** Unique over all tenants; the part of the key that may be shown. */
  prefix: string;
  /** Of the whole key. The key itself never comes here. */
  hash: string;
  scopes: string[];
  expiresAt?: string;
}

@Injectable()
export class ApiKeyStore {
  constructor(private readonly database: Database) {}

  create(tenantId: string, key: NewApiKey): Promise<ApiKeyRecord> {
    return this.database.callAsTenant(tenantId, 'create_api_key', { p: key });
  }

  list(tenantId: string): Promise<ApiKeyRecord[]> {
    return this.database.callAsTenant(tenantId, 'list_api_keys');
  }

  /** False when the tenant has no such key. */
  revoke(tenantId: string, id: string): Promise<boolean> {
    return this.database.callAsTenant(tenantId, 'revoke_api_key', { p_id: id });
  }

  /** Whatever its tenant, also expired and revoked ones: the caller compares the hash and looks at both. */
  findByPrefix(prefix: string): Promise<{ key: ApiKeyRecord; hash: string } | null> {
    return this.database.callAsOperator('find_api_key', { p_prefix: prefix });
  }

  /** Notes that the key was used; written at most once a minute. */
  touch(key: ApiKeyRecord): Promise<void> {
    return this.database.callAsOperator('touch_api_key', { p_tenant_id: key.tenantId, p_id: key.id });
  }
}
