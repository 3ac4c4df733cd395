import { randomInt } from 'node:crypto';
import { request } from 'undici';
import type { WebhookTarget } from '../records.js';

/** Asks the callback to prove that it knows the verify token, as Meta does when a callback is saved. Null: proved. */
export async function handshakeProblem({ callbackUrl, verifyToken }: WebhookTarget): Promise<string | null> {
  if (callbackUrl === null) return null;
  const challenge = String(randomInt(1_000_000_000));
  const url = new URL(callbackUrl);
  url.searchParams.set('hub.mode', 'subscribe');
  url.searchParams.set('hub.challenge', challenge);
  url.searchParams.set('hub.verify_token', verifyToken);
  try {
    const answer = await request(url, { method: 'GET', headersTimeout: 5_000, bodyTimeout: 5_000 });
    const body = await answer.body.text();
    if (answer.statusCode !== 200)
      return `The callback answered ${answer.statusCode}; 200 with the challenge is expected. Is the verify token the same on both sides?`;
    return body === challenge ? null : 'The callback answered 200, but not with the challenge alone.';
  } catch {
    return 'The callback cannot be reached. Start it first, or register with "skipHandshake": true.';
  }
}
