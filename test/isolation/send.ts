import { request } from 'node:http';

export interface Raw {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends the path as it is written: `fetch` would mend dot segments and encodings before anybody could object. */
export function send(
  origin: string,
  method: string,
  path: string,
  { key, body, headers = {} }: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Raw> {
  const { hostname, port } = new URL(origin);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        headers: {
          ...headers,
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(payload);
  });
}

/** What may differ between two answers that say the same: times, ids and keys that were just made. */
export function comparable({ status, headers, text }: Raw, ids: string[]): string {
  const shown = Object.entries(headers)
    .filter(([name]) => !['date', 'etag'].includes(name))
    .map(([name, value]) => `${name}: ${String(value)}`);
  return ids
    .reduce((all, id) => all.replaceAll(id, '<id>'), `${status}\n${shown.sort().join('\n')}\n\n${text}`)
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<made>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replaceAll(/wf_[a-z2-9]{10}_[\w-]{43}/g, '<key>')
    .replaceAll(/"prefix":"[a-z2-9]{10}"/g, '"prefix":"<prefix>"')
    .replaceAll(/"hash":"[0-9a-f]+"/g, '"hash":"<hash>"');
}
