import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';

/** Who calls, and what for. */
export interface DeskCall {
  order: string;
  key: string;
  socket: Socket;
}

/**
 * The service that the workflow calls. As one with idempotency keys does, it gives out one ticket for each key, however
 * often it is asked, and keeps which keys came for which order: an order that came with two was called for twice.
 */
export class Desk {
  readonly keysByOrder = new Map<string, Set<string>>();
  calls = 0;
  /** What a fault does with a call before it is answered. */
  meet: (call: DeskCall) => void = () => undefined;

  private readonly server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { order } = JSON.parse(body) as { order: string };
      const key = String(request.headers['idempotency-key']);
      this.calls += 1;
      this.keysByOrder.set(order, (this.keysByOrder.get(order) ?? new Set()).add(key));
      this.meet({ order, key, socket: request.socket });
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ ticket: ticketOf(order) }));
    });
  });

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The desk is not open.');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** The same for the same order, so that what a customer must read is known beforehand. */
export function ticketOf(order: string): string {
  return createHash('sha256').update(order).digest('hex').slice(0, 8);
}
