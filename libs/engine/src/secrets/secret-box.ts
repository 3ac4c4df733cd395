import { randomBytes } from 'node:crypto';
import { decrypt, encrypt, KeyRing } from './key-ring.js';

/** Where a secret belongs. A sealed value opens in its own place only, so a row copied elsewhere is worthless. */
export interface SecretPlace {
  tenantId: string;
  /** Absent: a secret of the tenant itself. */
  connectionId?: string;
  name: string;
}

/** A sealed value cannot be opened: its key is gone, it was changed, or it belongs to another place. */
export class SecretUnreadable extends Error {
  constructor(place: SecretPlace, options: ErrorOptions) {
    const owner = place.connectionId === undefined ? `tenant ${place.tenantId}` : `connection ${place.connectionId}`;
    super(`The secret "${place.name}" of ${owner} cannot be opened. Check SECRETS_KEY, or save the secret again.`, options);
    this.name = 'SecretUnreadable';
  }
}

/**
 * Seals secrets before they are stored (AES-256-GCM in an envelope). Each value has a random data key of its own; the
 * ring wraps that key for the tenant, and the value is bound to tenant, connection (if any) and name.
 *
 * The sealed form is one line of text: `v1.<key id>.<wrapped data key>.<sealed value>`, both parts in base64url.
 */
export class SecretBox {
  constructor(private readonly ring: KeyRing) {}

  seal(place: SecretPlace, secret: string): string {
    const dataKey = randomBytes(32);
    const wrapped = this.ring.wrap(dataKey, keyBinding(place));
    const sealed = encrypt(dataKey, Buffer.from(secret, 'utf8'), valueBinding(place));
    return ['v1', this.ring.currentId, wrapped.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** Throws SecretUnreadable; the cause never holds the value. */
  open(place: SecretPlace, sealed: string): string {
    try {
      const [version, keyId, wrapped, value, ...rest] = sealed.split('.');
      if (version !== 'v1' || keyId === undefined || wrapped === undefined || value === undefined || rest.length > 0) {
        throw new Error('The sealed value has an unknown form.');
      }
      const dataKey = this.ring.unwrap(keyId, Buffer.from(wrapped, 'base64url'), keyBinding(place));
      return decrypt(dataKey, Buffer.from(value, 'base64url'), valueBinding(place)).toString('utf8');
    } catch (cause) {
      throw new SecretUnreadable(place, { cause });
    }
  }
}

// JSON keeps the parts apart, so that no two places share a binding.
const keyBinding = (place: SecretPlace): string => JSON.stringify(['data-key', place.tenantId]);
const valueBinding = (place: SecretPlace): string =>
  JSON.stringify(['secret', place.tenantId, place.connectionId ?? null, place.name]);
