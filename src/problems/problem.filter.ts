import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type HttpReply, type HttpRequest, pathOf } from '../http/exchange.js';
import { problemOf } from './problem-document.js';

/** The one place where errors become answers: `application/problem+json`, without a stack and without our insides. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problems');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<HttpRequest>();
    const reply = host.switchToHttp().getResponse<HttpReply>();
    const { document, headers, defect } = problemOf(error, request.method, pathOf(request));
    if (defect) {
      this.logger.error({ msg: document.detail, method: request.method, path: document.instance, err: error });
    }
    for (const [name, value] of Object.entries(headers)) reply.header(name, value);
    reply.code(document.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(document));
  }
}
