import { Injectable } from '@nestjs/common';
import { Database } from '@workflows/ports';

export const CREDENTIAL_TYPES = ['bearer', 'header', 'basic', 'query'] as const;

/** What of a credential is no secret: the name of its header, its user, or the name of its parameter, by its type. */
export interface CredentialSettings {
  header?: string;
  username?: string;
  parameter?: string;
}

/** What is shown of a credential. */
export interface CredentialRecord {
  name: string;
  type: (typeof CREDENTIAL_TYPES)[number];
  /** Where it may be sent: `host`, or `host:port`. */
  hosts: string[];
  settings: CredentialSettings;
  createdAt: string;
  updatedAt: string;
}

export type SealedCredential = Pick<CredentialRecord, 'type' | 'hosts' | 'settings'> & { sealed: string };

/** Credentials of a tenant by name. Secrets come in sealed by the application and go out sealed; they are opaque here. */
@Injectable()
export class CredentialStore {
  constructor(private readonly database: Database) {}

  /** Creates the credential, or replaces it whole. */
  put(tenantId: string, credential: SealedCredential & { name: string }): Promise<CredentialRecord> {
    return this.database.callAsTenant(tenantId, 'put_credential', { p: credential });
  }

  /** By name. */
  list(tenantId: string): Promise<CredentialRecord[]> {
    return this.database.callAsTenant(tenantId, 'list_credentials');
  }

  /** False when the tenant has no such credential. */
  delete(tenantId: string, name: string): Promise<boolean> {
    return this.database.callAsTenant(tenantId, 'delete_credential', { p_name: name });
  }

  /** Null when the tenant has no such credential. */
  sealed(tenantId: string, name: string): Promise<SealedCredential | null> {
    return this.database.callAsTenant(tenantId, 'sealed_credential', { p_name: name });
  }
}
