import { z } from 'zod';
import { findRunning } from '../launcher/run-file.js';
import type { Arguments } from './command.js';
import { CommandFailed } from './command-failed.js';
import { findingsInWords } from './in-words.js';
import type { Terminal } from './terminal.js';

const PATIENCE_MS = 30_000;

const problemShape = z.object({
  detail: z.string().catch('The engine gave no reason.'),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string(), hint: z.string().optional() })).catch([]),
});

interface Request {
  body?: unknown;
  headers?: Record<string, string>;
}

/** The admin REST of a running engine, as the CLI uses it. Answers are read by a schema, so that a wrong address is told. */
export class EngineClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** The engine that flags, environment or a running `npm start` name. */
  static async of(given: Arguments, { environment }: Terminal): Promise<EngineClient> {
    const url = given.text('url') ?? environment['WORKFLOWS_URL'];
    const key = given.text('key') ?? environment['WORKFLOWS_KEY'];
    if (url !== undefined && key !== undefined) return new EngineClient(checkedUrl(url), key);
    const running = await findRunning(environment['DATA_DIR'] ?? '.data');
    // A key is only ever sent to the engine that it belongs to.
    if (url === undefined && running !== null) return new EngineClient(running.apiUrl, key ?? running.apiKey);
    if (url !== undefined) throw new CommandFailed(2, 'The key is missing. Set WORKFLOWS_KEY, or pass --key.');
    throw new CommandFailed(
      2,
      'No engine is running here. Start one by npm start, or name one by WORKFLOWS_URL and WORKFLOWS_KEY (or --url and --key).',
    );
  }

  async call<Answer>(answer: z.ZodType<Answer>, method: string, path: string, { body, headers }: Request = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((error: unknown) => this.unreachable(error));
    const content = parsed(await response.text());
    if (!response.ok) throw refusal(response.status, content);
    const read = answer.safeParse(content);
    if (read.success) return read.data;
    throw new CommandFailed(2, `${this.url} answered something else than an engine does. Check the address.`);
  }

  private unreachable(error: unknown): never {
    const late = error instanceof Error && error.name === 'TimeoutError';
    const reason = late ? `did not answer within ${PATIENCE_MS / 1000} s` : 'cannot be reached';
    throw new CommandFailed(
      2,
      `The engine at ${this.url} ${reason}. Check that it runs, and the address in --url or WORKFLOWS_URL.`,
    );
  }
}

/** What is wrong with the request is for its author (1); a key that is refused or an engine in trouble is not (2). */
function refusal(status: number, content: unknown): CommandFailed {
  const { detail, errors } = problemShape.catch({ detail: 'The engine gave no reason.', errors: [] }).parse(content);
  const exitCode = [401, 403, 429].includes(status) || status >= 500 ? 2 : 1;
  return new CommandFailed(exitCode, [`${status}: ${detail}`, ...findingsInWords(errors)].join('\n'), errors);
}

function checkedUrl(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url.replace(/\/+$/, '');
  throw new CommandFailed(2, 'The address of the engine is no http or https URL. Write it like http://127.0.0.1:3000.');
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
