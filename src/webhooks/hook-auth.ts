import { createHmac, timingSafeEqual } from 'node:crypto';
import { sameSecret } from '../access/api-key.js';

/** How a webhook trigger proves its sender, as it stands in the document (language, section 2). */
export type HookAuth =
  | {
      type: 'hmac';
      secret: string;
      header: string;
      encoding?: 'hex' | 'base64';
      /** Stands before the signature in the header: `sha256=`. */
      prefix?: string;
      /** With it the timestamp is signed too, as `timestamp.body`, and must be recent. */
      timestampHeader?: string;
      toleranceMs: number;
    }
  | { type: 'token'; secret: string; header: string }
  | { type: 'none' };

export interface HookRequest {
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  rawBody: Buffer;
}

/**
 * Does the request prove that its sender knows `secret`? Compares in constant time, over the bytes as they came.
 * `nowMs` is the present in milliseconds since 1970.
 */
export function provesSender(auth: HookAuth, secret: string, request: HookRequest, nowMs: number): boolean {
  if (auth.type === 'none') return true;
  if (secret === '') return false;
  const presented = request.headers[auth.header.toLowerCase()];
  if (presented === undefined) return false;
  if (auth.type === 'token') return sameSecret(presented, secret);
  const prefix = auth.prefix ?? '';
  if (!presented.startsWith(prefix)) return false;
  const signature = decoded(presented.slice(prefix.length), auth.encoding ?? 'hex');
  const signed = signedBytes(auth.timestampHeader, auth.toleranceMs, request, nowMs);
  if (signature === null || signed === null) return false;
  const expected = createHmac('sha256', secret).update(signed).digest();
  // Unequal lengths would make the comparison throw; they are no secret.
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

function signedBytes(
  timestampHeader: string | undefined,
  toleranceMs: number,
  request: HookRequest,
  nowMs: number,
): Buffer | null {
  if (timestampHeader === undefined) return request.rawBody;
  const timestamp = request.headers[timestampHeader.toLowerCase()];
  if (timestamp === undefined || !/^\d{9,13}$/.test(timestamp)) return null;
  // Ten digits are seconds until the year 2286, thirteen are milliseconds.
  const sentMs = timestamp.length > 10 ? Number(timestamp) : Number(timestamp) * 1000;
  if (Math.abs(nowMs - sentMs) > toleranceMs) return null;
  return Buffer.concat([Buffer.from(`${timestamp}.`), request.rawBody]);
}

function decoded(text: string, encoding: 'hex' | 'base64'): Buffer | null {
  const form = encoding === 'hex' ? /^([0-9a-f]{2})+$/i : /^[A-Za-z0-9+/]+={0,2}$/;
  return form.test(text) ? Buffer.from(text, encoding) : null;
}
