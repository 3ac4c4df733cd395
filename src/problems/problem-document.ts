import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { DatabaseRefusal, DatabaseUnavailable } from '@workflows/ports';
import { StartRefused } from '@workflows/engine';
import { type ProblemEntry, Refusal } from './refusal.js';

/** RFC 9457, with the findings in `errors`. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: ProblemEntry[];
}

export interface ProblemResponse {
  document: ProblemDocument;
  headers: Record<string, string>;
  /** True for a defect of ours: it is to be logged, under the id that `detail` shows. */
  defect: boolean;
}

const REFUSED_BY_DATABASE: Record<string, number> = {
  not_found: 404,
  conflict: 409,
  precondition: 412,
  invalid: 422,
  forbidden: 403,
};

/** Turns whatever was thrown into what the sender may see. `path` is the request's path without its query. */
export function problemOf(error: unknown, method: string, path: string): ProblemResponse {
  if (error instanceof Refusal) return respond(error.getStatus(), error.code, error.detail, path, error);
  if (error instanceof DatabaseUnavailable) {
    const detail = 'The database does not answer at the moment. Nothing is lost; send the same request again.';
    return respond(503, 'unavailable', detail, path, { headers: { 'retry-after': '2' } });
  }
  if (error instanceof DatabaseRefusal) {
    return respond(REFUSED_BY_DATABASE[error.code] ?? 422, error.code, error.message, path);
  }
  if (error instanceof StartRefused) {
    return respond(error.code === 'not_published' ? 404 : 422, `start.${error.code}`, error.message, path, {
      errors: error.problems,
    });
  }
  const refused = statusOf(error);
  if (refused !== undefined) return respond(refused, codeOf(refused), detailOf(refused, method, path), path);
  const id = randomUUID();
  const detail = `Something broke on our side. The log has it under ${id}; name this id when you report it.`;
  return { ...respond(500, 'internal', detail, path), defect: true };
}

function respond(
  status: number,
  code: string,
  detail: string,
  path: string,
  extra: { errors?: ProblemEntry[]; headers?: Record<string, string> } = {},
): ProblemResponse {
  const document: ProblemDocument = {
    type: `urn:workflows:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: path,
  };
  if (extra.errors !== undefined) document.errors = extra.errors;
  return { document, headers: extra.headers ?? {}, defect: false };
}

/** Refusals of Nest (no such route) and of Fastify (body too large, no JSON); a status of 500 from either is a defect. */
function statusOf(error: unknown): number | undefined {
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
        ? error.statusCode
        : 500;
  return status >= 400 && status < 500 ? status : undefined;
}

function codeOf(status: number): string {
  return (
    { 400: 'bad_request', 404: 'not_found', 405: 'method_not_allowed', 413: 'too_large', 415: 'unsupported_media_type' }[
      status
    ] ?? 'refused'
  );
}

function detailOf(status: number, method: string, path: string): string {
  const details: Record<number, string> = {
    400: 'The request cannot be read: its body is no valid JSON, or its address is malformed. Send UTF-8 JSON.',
    404: `There is no ${method} ${path}. GET /docs shows every operation.`,
    413: 'The body is larger than 3 MB. Send less at once, or refer to large files by address.',
    415: 'The body has a content type or an encoding that is not read here. Send application/json, not packed.',
  };
  return details[status] ?? `The request was refused (${STATUS_CODES[status] ?? status}). GET /docs shows every operation.`;
}
