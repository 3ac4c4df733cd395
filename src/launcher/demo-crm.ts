import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';

const FAILURES_FIRST = 2;

/**
 * The company directory that the examples ask. It fails twice for each new request (by its idempotency key), because
 * that is what the retries of a workflow are for.
 */
export class DemoCrm {
  private readonly failed = new Map<string, number>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
  }

  /** Resolves with the URL it listens on; port 0 takes a free one. */
  async start(port: number): Promise<string> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The demo CRM has no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const body = await readJson(request);
    const key = String(request.headers['idempotency-key'] ?? '');
    if (request.method !== 'POST' || request.url !== '/v1/leads')
      return { status: 404, body: { error: 'POST /v1/leads is all there is.' } };
    if (key === '') return { status: 400, body: { error: 'The header Idempotency-Key is missing.' } };
    const failures = this.failed.get(key) ?? 0;
    if (failures < FAILURES_FIRST) {
      this.failed.set(key, failures + 1);
      return { status: 503, body: { error: 'The CRM is busy.' } };
    }
    return { status: 201, body: { company: companyOf(body) } };
  }
}

/** `ana@acme.example` works at Acme. */
function companyOf(body: unknown): string {
  const email = typeof body === 'object' && body !== null && 'email' in body ? String(body.email) : '';
  const name = /@([^.]+)/.exec(email)?.[1] ?? 'unknown';
  return name.charAt(0).toUpperCase() + name.slice(1);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
