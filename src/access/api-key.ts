import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What an API key may do. Scopes do not contain one another: a key that only starts runs cannot read them. */
export const SCOPES = ['read', 'write', 'admin'] as const;
export type ApiKeyScope = (typeof SCOPES)[number];

const PREFIX_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A new key: `wf_<prefix>_<secret>`. The key is shown once; prefix and hash are stored. */
export function createApiKey(): { key: string; prefix: string; hash: string } {
  const letters = [...randomBytes(10)].map((byte) => PREFIX_LETTERS[byte % PREFIX_LETTERS.length]);
  const prefix = letters.join('');
  const key = `wf_${prefix}_${randomBytes(32).toString('base64url')}`;
  return { key, prefix, hash: hashOf(key) };
}

/** Reads a presented key, or null when it has not the form of one. The prefix finds the row, the hash proves the key. */
export function parseApiKey(text: string): { prefix: string; hash: string } | null {
  const match = /^wf_([a-z2-9]{10})_[A-Za-z0-9_-]{43}$/.exec(text);
  return match?.[1] === undefined ? null : { prefix: match[1], hash: hashOf(text) };
}

/** SHA-256 in hex. Enough without a slow hash, because the secret is 32 random bytes and not a person's choice. */
export function hashOf(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}

/** Compares in constant time; both sides are hashed first, so that unequal lengths neither throw nor tell. */
export function sameSecret(presented: string, expected: string): boolean {
  return timingSafeEqual(createHash('sha256').update(presented).digest(), createHash('sha256').update(expected).digest());
}
