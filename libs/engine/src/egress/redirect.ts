/** One request on its way, after the redirects so far. */
export interface Hop {
  method: string;
  url: URL;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string | Buffer | undefined;
}

/** Named by the connection itself. A caller that could set them could smuggle a second request or another host. */
const HOP_BY_HOP = [
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'http2-settings',
];

/** Headers that speak for the caller to one host and mean nothing, or too much, to another. */
const CREDENTIALS = /^(authorization|cookie|proxy-.*|.*(api[-_]?key|token|secret|signature).*)$/;

/** The caller's headers with lower-case names, without those that belong to the connection. */
export function sendableHeaders(headers: Record<string, string>): Record<string, string> {
  const named = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  return Object.fromEntries([
    ['accept-encoding', 'gzip, deflate, br'],
    ['user-agent', 'workflows'],
    ...named.filter(([name]) => !HOP_BY_HOP.includes(name) && !name.startsWith('proxy-')),
  ]);
}

/** Where an answer sends the request next, by the rules of fetch; null when it is no redirect. */
export function nextHop(hop: Hop, { status, headers }: { status: number; headers: Record<string, string> }): Hop | null {
  const location = headers['location'];
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined || !URL.canParse(location, hop.url.href)) return null;
  const url = new URL(location, hop.url);
  const kept = url.origin === hop.url.origin ? hop.headers : without(hop.headers, (name) => CREDENTIALS.test(name));
  const becomesGet = (status === 303 && hop.method !== 'HEAD') || (status <= 302 && hop.method === 'POST');
  if (!becomesGet) return { ...hop, url, headers: kept };
  return { method: 'GET', url, headers: without(kept, (name) => name.startsWith('content-')), body: undefined };
}

function without(headers: Record<string, string>, drop: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !drop(name)));
}
