import { Injectable } from '@nestjs/common';
import { Database } from '@workflows/ports';

/** What is shown of a secret. */
export interface SecretRecord {
  name: string;
  createdAt: string;
  /** When its value was last set. */
  updatedAt: string;
}

/** Secrets of a tenant by name. Values come in sealed by the application and go out sealed; they are opaque here. */
@Injectable()
export class SecretStore {
  constructor(private readonly database: Database) {}

  /** Creates the secret, or replaces its value. */
  put(tenantId: string, name: string, sealed: string): Promise<SecretRecord> {
    return this.database.callAsTenant(tenantId, 'put_secret', { p_name: name, p_sealed: sealed });
  }

  /** By name. */
  list(tenantId: string): Promise<SecretRecord[]> {
    return this.database.callAsTenant(tenantId, 'list_secrets');
  }

  /** False when the tenant has no such secret. */
  delete(tenantId: string, name: string): Promise<boolean> {
    return this.database.callAsTenant(tenantId, 'delete_secret', { p_name: name });
  }

  /** Null when the tenant has no such secret. */
  sealed(tenantId: string, name: string): Promise<string | null> {
    return this.database.callAsTenant(tenantId, 'sealed_secret', { p_name: name });
  }
}
