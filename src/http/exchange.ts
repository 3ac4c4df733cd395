import type { Caller } from '../access/caller.js';

/** What the application uses of Fastify's request. */
export interface HttpRequest {
  method: string;
  url: string;
  ip: string;
  headers: Record<string, string | string[] | undefined>;
  query: unknown;
  body: unknown;
  /** Of the path. */
  params?: Record<string, string>;
  /** The route that was found; `url` has `:name` for its parameters. */
  routeOptions?: { url?: string };
  rawBody?: Buffer;
  /** Who asks; set before anything else looks at the request. */
  caller?: Caller;
}

/** What the application uses of Fastify's reply. */
export interface HttpReply {
  code(status: number): HttpReply;
  header(name: string, value: string): HttpReply;
  send(body?: string | Buffer): HttpReply;
}

/** The path without the query: queries may carry tokens, so they go into no log and no answer. */
export function pathOf(request: { url: string }): string {
  return request.url.split('?', 1)[0] ?? '/';
}

/** Header names are lower case; of a header that came twice the first value counts. */
export function headersOf(request: HttpRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

export function queryOf(request: HttpRequest): Record<string, string | undefined> {
  return Object.fromEntries(new URL(request.url, 'http://localhost').searchParams);
}
