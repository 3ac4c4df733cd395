import { Injectable } from '@nestjs/common';
import { assertNever, type Failure } from '@workflows/core';
import type { EgressCredential } from '@workflows/ports';
import { CredentialStore, type SealedCredential } from '@workflows/storage';
import { SecretBox, SecretUnreadable } from '../secrets/index.js';

/** Where the secret of a credential belongs; no secret of the tenant can have this name. */
export const credentialPlace = (tenantId: string, name: string) => ({ tenantId, name: `credential:${name}` });

/** Opens a tenant's credential for one call. Nothing is remembered: a secret that was replaced is not sent once more. */
@Injectable()
export class Credentials {
  constructor(
    private readonly store: CredentialStore,
    private readonly box: SecretBox,
  ) {}

  /** The credential of this name, or why a call cannot be made with it; nothing where none is named. */
  async open(tenantId: string, name: string | undefined): Promise<{ credential?: EgressCredential } | { failure: Failure }> {
    if (name === undefined) return {};
    const stored = await this.store.sealed(tenantId, name);
    if (stored === null) return unusable(`The tenant has no credential "${name}". Create it, or correct the name.`);
    try {
      return { credential: asSent(stored, this.box.open(credentialPlace(tenantId, name), stored.sealed)) };
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      return unusable(`The credential "${name}" cannot be opened. Save its secret again.`);
    }
  }
}

function unusable(message: string): { failure: Failure } {
  return { failure: { code: 'resource.missing', kind: 'terminal', message } };
}

function asSent({ type, hosts, settings }: SealedCredential, secret: string): EgressCredential {
  const inHeader = (header: string, text: string): EgressCredential => ({
    hosts,
    headers: { [header]: text },
    query: {},
    secrets: [secret, text],
  });
  switch (type) {
    case 'bearer':
      return inHeader('authorization', `Bearer ${secret}`);
    case 'header':
      return inHeader((settings.header ?? 'x-api-key').toLowerCase(), secret);
    case 'basic': {
      const encoded = Buffer.from(`${settings.username ?? ''}:${secret}`).toString('base64');
      const credential = inHeader('authorization', `Basic ${encoded}`);
      return { ...credential, secrets: [...credential.secrets, encoded] };
    }
    case 'query':
      return {
        hosts,
        headers: {},
        query: { [settings.parameter ?? 'key']: secret },
        secrets: [secret, encodeURIComponent(secret)],
      };
    default:
      return assertNever(type);
  }
}
