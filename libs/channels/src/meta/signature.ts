import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest, WebhookSecrets } from '@workflows/ports';

/**
 * Checks `X-Hub-Signature-256: sha256=<hex>`, the HMAC-SHA256 of the raw body keyed with the app secret. Several
 * secrets are accepted, so that one can be rotated; all are tried, so that the time does not tell which one fits.
 */
export function hasValidSignature(request: WebhookRequest, appSecrets: string[]): boolean {
  const claimed = claimedDigest(request.headers['x-hub-signature-256']);
  if (claimed === null) return false;
  let valid = false;
  for (const secret of appSecrets) {
    if (secret === '') continue; // An empty secret would let everybody sign.
    const expected = createHmac('sha256', secret).update(request.rawBody).digest();
    if (timingSafeEqual(expected, claimed)) valid = true;
  }
  return valid;
}

/** The challenge to echo when Meta subscribes (`GET ?hub.mode=subscribe&...`), or null when the token is not ours. */
export function subscriptionChallenge(request: WebhookRequest, secrets: WebhookSecrets): string | null {
  const { 'hub.mode': mode, 'hub.challenge': challenge, 'hub.verify_token': token } = request.query;
  if (mode !== 'subscribe' || challenge === undefined || token === undefined || secrets.verifyToken === '') return null;
  return equalInConstantTime(token, secrets.verifyToken) ? challenge : null;
}

function claimedDigest(header: string | undefined): Buffer | null {
  const match = /^sha256=([0-9a-f]{64})$/i.exec(header ?? '');
  return match?.[1] === undefined ? null : Buffer.from(match[1], 'hex');
}

/** Hashing first makes the lengths equal, which timingSafeEqual demands and which would tell the token's length. */
function equalInConstantTime(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
