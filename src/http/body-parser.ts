import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { jsonShapeProblem } from '@workflows/core';
import { badRequest, type Refusal } from '../problems/refusal.js';
import type { HttpRequest } from './exchange.js';

/** Longest body that is read, in bytes: Meta sends up to 3 MB. */
export const BODY_LIMIT = 3 * 1024 * 1024;

/** Paths whose bodies are signed: their bytes are handed on as they came, and nothing is parsed before the check. */
const SIGNED = /^\/(webhooks|hooks)\//;

/** Reads JSON everywhere, except where the sender must be proven first. */
export function readBodies(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (request, body: Buffer, done) => {
    Object.assign(request, { rawBody: body } satisfies Partial<HttpRequest>);
    if (SIGNED.test(request.url)) done(null, body);
    else if (body.length === 0) done(null, undefined);
    else if (isJson(request.headers['content-type']) && isPlain(request.headers['content-encoding'])) {
      const text = body.toString('utf8');
      const problem = jsonShapeProblem(text);
      if (problem === null) void parseJson(request, text, done);
      else done(tooComplex(problem), undefined);
    } else done(Object.assign(new Error('The body is no JSON.'), { statusCode: 415 }), undefined);
  });
}

/** Before it is parsed: what is nested a million times would exhaust whoever reads it after the parser. */
export const tooComplex = (problem: string): Refusal =>
  badRequest(`The body is not read: ${problem}. Send less at once, or a flatter structure.`);

/** Nothing is unpacked here: a small body must not become a large one. */
function isPlain(contentEncoding: string | undefined): boolean {
  return contentEncoding === undefined || contentEncoding === 'identity';
}

function isJson(contentType: string | string[] | undefined): boolean {
  return typeof contentType === 'string' && /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i.test(contentType);
}
