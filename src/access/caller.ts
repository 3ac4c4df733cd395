import type { ApiKeyScope } from './api-key.js';

/** Who asks, decided once per request from the key alone: never from another header, the path or the body. */
export type Caller =
  | { kind: 'operator' }
  | { kind: 'tenant'; tenantId: string; keyId: string; keyName: string; scopes: readonly ApiKeyScope[] }
  /** No key came along. */
  | { kind: 'anonymous' }
  /** A key came along and is not valid; `reason` is safe to show. */
  | { kind: 'refused'; reason: string }
  | { kind: 'blocked'; retryAfterSeconds: number }
  /** A valid key, or none, that asks more often than it may. */
  | { kind: 'hurried'; retryAfterSeconds: number };

/** How the caller is written into records such as "published by". */
export function nameOf(caller: Caller | undefined): string {
  if (caller?.kind === 'tenant') return `key:${caller.keyName}`;
  return caller?.kind === 'operator' ? 'operator' : 'nobody';
}
