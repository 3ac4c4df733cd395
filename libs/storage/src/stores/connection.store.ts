import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@workflows/core';
import { type ConnectionRecord, type ConnectionRoute, Database } from '@workflows/ports';

export interface NewConnection {
  /** Chosen by the caller when the secrets are sealed for it; else made. */
  id?: string;
  channel: string;
  name: string;
  account: string;
  settings: JsonObject;
  /** Sealed by the application; opaque here. */
  secrets: Record<string, string>;
}

export interface ConnectionChanges {
  name?: string;
  settings?: JsonObject;
  /** Replaces those that are named; null removes one. */
  secrets?: Record<string, string | null>;
  status?: ConnectionRecord['status'];
}

/** What a send needs to know of a connection, its secrets still sealed. */
export interface SealedAccount {
  connectionId: string;
  channel: string;
  account: string;
  settings: JsonObject;
  sealed: Record<string, string>;
  status: ConnectionRecord['status'];
  updatedAt: string;
}

@Injectable()
export class ConnectionStore {
  constructor(private readonly database: Database) {}

  /** Rejects with DatabaseRefusal `conflict` when name or account is taken; the message says which. */
  create(tenantId: string, connection: NewConnection): Promise<ConnectionRecord> {
    return this.database.callAsTenant(tenantId, 'create_connection', { p: connection });
  }

  get(tenantId: string, id: string): Promise<ConnectionRecord | null> {
    return this.database.callAsTenant(tenantId, 'get_connection', { p_id: id });
  }

  /** By the name that workflows use. */
  find(tenantId: string, name: string): Promise<ConnectionRecord | null> {
    return this.database.callAsTenant(tenantId, 'find_connection', { p_name: name });
  }

  list(tenantId: string): Promise<ConnectionRecord[]> {
    return this.database.callAsTenant(tenantId, 'list_connections');
  }

  update(tenantId: string, id: string, changes: ConnectionChanges): Promise<ConnectionRecord | null> {
    return this.database.callAsTenant(tenantId, 'update_connection', { p_id: id, p: changes });
  }

  /** Its webhooks are routed nowhere from then on. */
  disable(tenantId: string, id: string): Promise<ConnectionRecord | null> {
    return this.update(tenantId, id, { status: 'disabled' });
  }

  sealedAccount(tenantId: string, id: string): Promise<SealedAccount | null> {
    return this.database.callAsTenant(tenantId, 'connection_account', { p_id: id });
  }

  /** Where the webhooks of a channel's accounts belong, over all tenants. Unknown and disabled accounts are left out. */
  routes(channel: string, accounts: string[]): Promise<ConnectionRoute[]> {
    return this.database.call('find_connections', { p_channel: channel, p_accounts: accounts });
  }
}
