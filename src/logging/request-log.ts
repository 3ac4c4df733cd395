import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pathOf } from '../http/exchange.js';

/** One line per request at level debug, and at level warn for what failed on our side. Never a query, a header or a body. */
export function logRequests(app: NestFastifyApplication): void {
  const logger = new Logger('Requests');
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      const line = {
        msg: 'answered',
        method: request.method,
        path: pathOf(request),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      };
      if (reply.statusCode >= 500) logger.warn(line);
      else logger.debug(line);
      done();
    });
}
