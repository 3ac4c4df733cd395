import { HttpException } from '@nestjs/common';

/** One finding about a request: where it is (JSON Pointer), what is wrong, and what to do about it. */
export interface ProblemEntry {
  path: string;
  code: string;
  message: string;
  hint?: string;
  severity?: 'error' | 'warning';
  range?: [number, number];
  trigger?: string;
}

interface RefusalOptions {
  errors?: ProblemEntry[];
  headers?: Record<string, string>;
}

/**
 * A request that is refused for a reason that its sender should read. `code` names the kind of problem and is stable;
 * `detail` says what was refused and what to do, and repeats no secret and no message text.
 */
export class Refusal extends HttpException {
  readonly errors: ProblemEntry[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    readonly code: string,
    readonly detail: string,
    options: RefusalOptions = {},
  ) {
    super(detail, status);
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

export const badRequest = (detail: string, errors?: ProblemEntry[]): Refusal =>
  new Refusal(400, 'bad_request', detail, { errors });

/** The same words whether the thing never was or belongs to somebody else. */
export const notFound = (what: string): Refusal =>
  new Refusal(404, 'not_found', `There is no such ${what}. Check the id, and that the key belongs to the right tenant.`);

export const conflict = (detail: string): Refusal => new Refusal(409, 'conflict', detail);

export const unprocessable = (detail: string, errors: ProblemEntry[]): Refusal => new Refusal(422, 'invalid', detail, { errors });

export const forbidden = (detail: string): Refusal => new Refusal(403, 'forbidden', detail);

export const unauthorized = (detail: string): Refusal =>
  new Refusal(401, 'unauthorized', detail, { headers: { 'www-authenticate': 'Bearer realm="workflows"' } });

export const tooManyRequests = (seconds: number): Refusal =>
  new Refusal(429, 'too_many_requests', `This key, its tenant or this address asks too often. Ask again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });

export const tooManyAttempts = (seconds: number): Refusal =>
  new Refusal(
    429,
    'too_many_attempts',
    `Too many keys or tokens were refused from this address. Try again in ${seconds} s with a valid one.`,
    {
      headers: { 'retry-after': String(seconds) },
    },
  );
