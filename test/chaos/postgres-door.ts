import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { AnswerCycles } from './answer-cycles.js';

/**
 * The way from the engine to Postgres. It can be shut, moved to another server, and it can cut a connection in the worst
 * moment: when the server has committed and answered, and the engine has not heard it.
 */
export class PostgresDoor {
  port = 0;
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();

  /** `target`: port of the server. */
  constructor(public target: number) {}

  /** Whether the answer to this statement is withheld, and its connection cut. `words`: what the client said, as bytes of the protocol. */
  cuts: (words: string) => boolean = () => false;

  /** Opens the door, at the same port as before. */
  async open(): Promise<void> {
    if (this.server !== null) return;
    const server = createServer((client) => this.join(client, connect(this.target, '127.0.0.1'))).listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The door to Postgres has no port.');
    this.port = address.port;
  }

  async shut(): Promise<void> {
    const { server } = this;
    this.server = null;
    for (const socket of this.sockets) socket.destroy();
    if (server === null) return;
    server.close();
    await once(server, 'close');
  }

  private join(client: Socket, upstream: Socket): void {
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    const cycles = new AnswerCycles();
    let words = '';
    client.on('data', (chunk: Buffer) => {
      if (words.length < BEGINNING) words += chunk.toString('latin1', 0, BEGINNING);
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      for (const { bytes, committed } of cycles.take(chunk)) {
        if (committed && this.cuts(words)) {
          client.resetAndDestroy();
          upstream.destroy();
          return;
        }
        if (committed) words = '';
        client.write(bytes);
      }
    });
  }
}

/** As much of what the client says is enough to tell which statement it is: the text comes before its values. */
const BEGINNING = 4_096;
