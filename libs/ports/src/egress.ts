/** A secret that a request carries to some hosts, in clear. Lives for one call, and is never logged. */
export interface EgressCredential {
  /** `host`, or `host:port` where it is not the protocol's own. A request to any other host does not carry it. */
  hosts: string[];
  /** Lower-case names; they win over the request's own. */
  headers: Record<string, string>;
  query: Record<string, string>;
  /** The secret in all forms in which it is sent: taken out of the answer wherever they occur. */
  secrets: string[];
}

export interface EgressRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** The first host has to be one of its hosts, or nothing is sent; each redirect is looked at anew. */
  credential?: EgressCredential;
  timeoutMs: number;
  /** Breaks the request off: what may have left by then is in doubt. */
  signal?: AbortSignal;
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
