import type { LoggerService } from '@nestjs/common';
import { ContextIdFactory, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TenantContexts } from '@workflows/engine';
import { authenticateRequests, tenantOf } from './access/authenticate-requests.js';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import { BODY_LIMIT, readBodies } from './http/body-parser.js';
import { setResponseHeaders } from './http/response-headers.js';
import { JsonLogger } from './logging/json-logger.js';
import { logRequests } from './logging/request-log.js';
import { serveOpenApi } from './openapi/openapi.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { validationPipe } from './problems/validation.js';

/** The whole application, initialised and not yet listening. */
export async function createApplication(
  config: Config,
  logger: LoggerService = new JsonLogger(config.values.LOG_LEVEL),
): Promise<NestFastifyApplication> {
  const { TRUST_PROXY, PUBLIC_URL, ROLE } = config.values;
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: TRUST_PROXY.length > 0 ? TRUST_PROXY : false,
    forceCloseConnections: 'idle',
    // Slow senders must not hold a connection for ever.
    requestTimeout: 30_000,
  });
  ContextIdFactory.apply(new TenantContexts(tenantOf));
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config), adapter, {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter());
  setResponseHeaders(app);
  logRequests(app);
  readBodies(app);
  authenticateRequests(app);
  if (ROLE !== 'worker') serveOpenApi(app, PUBLIC_URL);
  await app.init();
  await adapter.getInstance().ready();
  return app;
}
