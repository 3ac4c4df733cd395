import Fastify, { type FastifyInstance } from 'fastify';
import { controlRoutes } from './control/control.routes.js';
import { Emulation } from './emulation.js';
import { graphRoutes } from './graph/graph.routes.js';
import { mediaRoutes } from './graph/media.routes.js';
import { instagramControlRoutes } from './instagram/instagram-control.routes.js';
import { instagramRoutes } from './instagram/instagram.routes.js';

/** Meta takes documents of 100 MB; the form around them adds a little. */
const LARGEST_BODY = 101 * 1024 * 1024;

/**
 * Meta's WhatsApp Cloud API and Instagram API on this machine: `/{version}/{account}/messages`, media, comments and signed
 * webhooks, and a control API under `/control`. Everything is in memory.
 */
export class EmulatorServer {
  private running: { app: FastifyInstance; emulation: Emulation; url: string } | null = null;

  /** Listens on loopback; port 0 takes a free one. Gives the base URL, without a slash at its end. */
  async start({ port = 0, host = '127.0.0.1' }: { port?: number; host?: string } = {}): Promise<string> {
    if (this.running) throw new Error(`The emulator already listens on ${this.running.url}. Stop it first.`);
    const emulation = new Emulation();
    const app = Fastify({ bodyLimit: LARGEST_BODY, forceCloseConnections: true });
    // Signatures, uploads and Meta's own complaints about JSON all need the bytes as they came.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    await app.register(
      async (control) => {
        controlRoutes(control, emulation);
        instagramControlRoutes(control, emulation);
      },
      { prefix: '/control' },
    );
    await app.register(async (graph) => {
      graphRoutes(graph, emulation);
      mediaRoutes(graph, emulation);
      instagramRoutes(graph, emulation);
    });
    const url = await app.listen({ port, host });
    this.running = { app, emulation, url };
    return url;
  }

  get url(): string {
    if (!this.running) throw new Error('The emulator is not running. Call start() first.');
    return this.running.url;
  }

  async stop(): Promise<void> {
    const running = this.running;
    this.running = null;
    await running?.emulation.stop();
    await running?.app.close();
  }
}
