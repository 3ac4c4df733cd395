import type { EgressCredential, EgressResult } from '@workflows/ports';
import type { AddressGuard } from './address-guard.js';
import type { Hop } from './redirect.js';

const SHORTEST_HIDDEN = 6;

/**
 * Whether a credential may travel with a request to this URL: to its hosts only, and over https only, save to private
 * places that the operator has opened. An entry without a port means the protocol's own.
 */
export function mayCarry({ hosts }: EgressCredential, url: URL, guard: AddressGuard): boolean {
  if (!hosts.some((host) => host.toLowerCase() === url.host)) return false;
  return url.protocol === 'https:' || guard.isAllowed(url.hostname, url.port === '' ? 80 : Number(url.port));
}

/** The hop as it goes out. The hop itself stays bare, so that no redirect can take the secret along. */
export function withCredential(hop: Hop, { headers, query }: EgressCredential): Hop {
  const url = new URL(hop.url);
  for (const [name, text] of Object.entries(query)) url.searchParams.set(name, text);
  return { ...hop, url, headers: { ...hop.headers, ...headers } };
}

/** The answer without the secret: services that answer with what they were sent would carry it into histories and logs. */
export function withoutSecret(result: EgressResult, { secrets }: EgressCredential): EgressResult {
  if (result.outcome !== 'answered') return result;
  const written = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const hidden = written.filter((secret) => secret.length >= SHORTEST_HIDDEN).sort((a, b) => b.length - a.length);
  const redact = (text: string, encoding: BufferEncoding): string =>
    hidden.reduce((kept, secret) => kept.replaceAll(Buffer.from(secret).toString(encoding), '[redacted]'), text);
  const headers = Object.fromEntries(Object.entries(result.headers).map(([name, text]) => [name, redact(text, 'utf8')]));
  // Byte by byte: a body need not be text.
  const body = result.body.toString('latin1');
  const redacted = redact(body, 'latin1');
  return { ...result, headers, body: redacted === body ? result.body : Buffer.from(redacted, 'latin1') };
}
