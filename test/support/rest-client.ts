import type { JsonObject } from '@workflows/core';

/** The admin REST with one key. Rejects with the problem document when a request is refused. The caller names the answer's shape. */
export class RestClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  get<Answer>(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  post<Answer>(path: string, body: JsonObject, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('POST', path, body, headers);
  }

  put<Answer>(path: string, body: JsonObject): Promise<Answer> {
    return this.call('PUT', path, body);
  }

  private async call<Answer>(
    method: string,
    path: string,
    body?: JsonObject,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === '' ? {} : JSON.parse(text);
    if (!response.ok) throw new Error(`${method} ${path} was refused with ${response.status}: ${JSON.stringify(answer)}`);
    return answer as Answer;
  }
}
