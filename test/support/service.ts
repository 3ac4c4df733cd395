import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';

/** A service on the loopback that answers with one status until it is told another, and remembers what it was asked. */
export class Service {
  status = 200;
  /** What is different at one path. */
  readonly at: Record<string, { status?: number; afterMs?: number }> = {};
  readonly requests: Array<{ method: string; path: string; headers: IncomingMessage['headers'] }> = [];
  url = '';
  private readonly server: Server = createServer((request, response) => {
    request.resume();
    this.requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
    const { status = this.status, afterMs = 0 } = this.at[request.url ?? ''] ?? {};
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    setTimeout(() => response.end('{}'), afterMs);
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The service has no port.');
    this.url = `http://127.0.0.1:${address.port}`;
    return this.url;
  }

  /** `host:port`, as EGRESS_ALLOW_PRIVATE has it. */
  get host(): string {
    return new URL(this.url).host;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
