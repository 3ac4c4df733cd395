import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type HttpRequest, pathOf } from '../http/exchange.js';
import { Authenticator } from './authenticator.js';

/**
 * Finds out who asks before anything else happens to a request: the tenant's context is chosen by it. Whether the
 * caller may pass is the access guard's to say; a request that comes here without a caller counts as anonymous.
 */
export function authenticateRequests(app: NestFastifyApplication): void {
  const authenticator = app.get(Authenticator);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request) => {
      if (!pathOf(request).startsWith('/v1/')) return;
      const caller = await authenticator.admit(request.headers.authorization, request.ip);
      Object.assign(request, { caller } satisfies Partial<HttpRequest>);
    });
}

/** The tenant of a request, for its durable context. */
export function tenantOf(request: HttpRequest): string | undefined {
  return request.caller?.kind === 'tenant' ? request.caller.tenantId : undefined;
}
