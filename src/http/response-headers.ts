import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Readiness } from '../health/readiness.js';
import { pathOf } from './exchange.js';

const EVERYWHERE: Record<string, string> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'strict-transport-security': 'max-age=15552000; includeSubDomains',
};

const NOTHING = "default-src 'none'; frame-ancestors 'none'";

/** The documentation page shows itself with what this server serves, and asks nobody else. */
const DOCS =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function setResponseHeaders(app: NestFastifyApplication): void {
  const readiness = app.get(Readiness);
  app
    .getHttpAdapter()
    .getInstance()
    // A connection that stays open behind its last answer would hold up the process that has given it.
    .addHook('onSend', (_request, reply, _payload, done) => {
      if (readiness.isDraining) reply.header('connection', 'close');
      done();
    })
    .addHook('onRequest', (request, reply, done) => {
      const path = pathOf(request);
      reply.headers({
        ...EVERYWHERE,
        'content-security-policy': path === '/docs' || path.startsWith('/docs/') ? DOCS : NOTHING,
        ...(path.startsWith('/v1/') ? { 'cache-control': 'no-store' } : {}),
      });
      done();
    });
}
