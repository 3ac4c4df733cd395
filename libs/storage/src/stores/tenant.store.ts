import { Injectable } from '@nestjs/common';
import type { ConversationRules, DataSchema, Json, JsonObject } from '@workflows/core';
import { Database, type Page, type PageRequest, type TenantRecord } from '@workflows/ports';

export interface NewTenant {
  slug: string;
  name: string;
  timezone?: string;
  locale?: string;
  settings?: JsonObject;
}

/** A tenant's data key, wrapped by the key ring of the deployment. */
export interface WrappedDataKey {
  version: number;
  wrapped: Json;
}

@Injectable()
export class TenantStore {
  constructor(private readonly database: Database) {}

  /** Rejects with DatabaseRefusal `conflict` when the slug is taken, `invalid` when it is no slug. */
  create(tenant: NewTenant): Promise<TenantRecord> {
    return this.database.callAsOperator('create_tenant', { p: tenant });
  }

  /** By id or by slug. */
  find(key: string): Promise<TenantRecord | null> {
    return this.database.callAsOperator('find_tenant', { p_key: key });
  }

  list(page: PageRequest): Promise<Page<TenantRecord>> {
    return this.database.callAsOperator('list_tenants', { p_limit: page.limit, p_cursor: page.cursor });
  }

  /** Replaces the rules of the tenant's conversations. */
  putRules(tenantId: string, rules: ConversationRules): Promise<ConversationRules> {
    return this.database.callAsTenant(tenantId, 'put_conversation_rules', { p_rules: rules });
  }

  /** The schema of `contact.attributes`; null as long as the tenant has none. */
  attributes(tenantId: string): Promise<(DataSchema & JsonObject) | null> {
    return this.database.callAsTenant(tenantId, 'contact_attributes');
  }

  putAttributes(tenantId: string, schema: DataSchema): Promise<DataSchema> {
    return this.database.callAsTenant(tenantId, 'put_contact_attributes', { p_schema: schema });
  }

  /** The tenant itself, read as itself. Null when there is none of this id. */
  get(tenantId: string): Promise<TenantRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_tenant');
  }

  update(tenantId: string, changes: Partial<Omit<NewTenant, 'slug'>>): Promise<TenantRecord | null> {
    return this.database.callAsTenant(tenantId, 'update_tenant', { p: changes });
  }

  /** Newest first; empty before the first secret. */
  dataKeys(tenantId: string): Promise<WrappedDataKey[]> {
    return this.database.callAsTenant(tenantId, 'data_keys');
  }

  /** Stores a new key. When another process stored this version first, that one comes back: use what comes back. */
  keepDataKey(tenantId: string, key: WrappedDataKey): Promise<WrappedDataKey> {
    return this.database.callAsTenant(tenantId, 'keep_data_key', {
      p_version: key.version,
      p_wrapped: JSON.stringify(key.wrapped),
    });
  }

  /** The same key under a newer key of the ring. False when there is no such version. */
  rewrapDataKey(tenantId: string, key: WrappedDataKey): Promise<boolean> {
    return this.database.callAsTenant(tenantId, 'rewrap_data_key', {
      p_version: key.version,
      p_wrapped: JSON.stringify(key.wrapped),
    });
  }
}
