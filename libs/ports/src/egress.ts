export interface EgressRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  timeoutMs: number;
  /** Longest response body, in bytes, after decompression. */
  maxBytes?: number;
  /**
   * `tenant`: a tenant chose the URL, so private addresses are refused and redirects are checked.
   * `operator`: the URL comes from the configuration of the deployment, such as the Graph API's base URL.
   */
  trust: 'tenant' | 'operator';
  /** Labels for logs and metrics; never the URL's query. */
  purpose: string;
}

export type EgressResult =
  | { outcome: 'answered'; status: number; headers: Record<string, string>; body: Buffer }
  /** Not one byte of the request left: refused connection, failed name lookup, blocked address. */
  | { outcome: 'never_sent'; code: 'network' | 'http.blocked'; message: string }
  /** The request may have arrived: timeout, reset, or an answer that could not be read. */
  | { outcome: 'in_doubt'; code: 'timeout' | 'network'; message: string };

/**
 * The only way out of the process over HTTP. Guards against requests into private networks, bounds time and size,
 * redacts what it logs, and tells whether a failed request can have had an effect.
 */
export abstract class EgressClient {
  abstract request(request: EgressRequest): Promise<EgressResult>;
}
