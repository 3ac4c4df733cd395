/** The admin REST of a running engine, as far as launcher, demo and chat need it. */
export class ApiClient {
  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
  ) {}

  /** Rejects with the problem document's own words. */
  async call<Result>(method: string, path: string, body?: unknown): Promise<Result> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === '' ? null : JSON.parse(text);
    if (!response.ok) throw new ApiRefusal(response.status, `${method} ${path}: ${response.status} ${explanationOf(answer)}`);
    // The one place where an answer gets its type.
    return answer as Result;
  }
}

export class ApiRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'ApiRefusal';
  }
}

function explanationOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null || !('detail' in answer)) return 'without a reason';
  const errors = 'errors' in answer && Array.isArray(answer.errors) ? answer.errors : [];
  return [String(answer.detail), ...errors.map((error) => `  ${JSON.stringify(error)}`)].join('\n');
}
