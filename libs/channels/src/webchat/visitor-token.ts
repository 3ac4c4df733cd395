import { createHmac, timingSafeEqual } from 'node:crypto';

/** Who writes: a page that was given this name, on this account. */
export interface Visitor {
  account: string;
  visitor: string;
}

const VISITOR = /^[A-Za-z0-9_-]{16,64}$/;

export function isVisitorName(name: string): boolean {
  return VISITOR.test(name);
}

/** What a page proves with that it is the visitor whose name it bears. */
export function visitorToken(secret: string, { account, visitor }: Visitor): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify(['webchat', account, visitor]))
    .digest('base64url');
}

/** Tries all secrets, so that the time does not tell which one fits. An empty one would let everybody in. */
export function isVisitor(visitor: Visitor, authorization: string | undefined, secrets: readonly string[]): boolean {
  const claimed = Buffer.from(/^Bearer ([A-Za-z0-9_-]{43})$/.exec(authorization ?? '')?.[1] ?? '', 'base64url');
  let proved = false;
  for (const secret of secrets) {
    if (secret === '') continue;
    const expected = Buffer.from(visitorToken(secret, visitor), 'base64url');
    if (expected.length === claimed.length && timingSafeEqual(expected, claimed)) proved = true;
  }
  return proved;
}
