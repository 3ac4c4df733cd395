import { type HttpEffect, type Json, terminal } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';
import type { HttpRequestConfig } from './http-request.config.js';

/** One attempt, where the node says nothing else: the language's default for `timeout`. */
const DEFAULT_TIMEOUT_MS = 30_000;

const CONTENT_TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
} as const;

/** The request of a rendered config. Throws WorkflowError `expr.failed` when what was computed makes no request. */
export function requestOf(config: HttpRequestConfig, context: NodeContext): HttpEffect {
  const { method, body, bodyType = 'json', response = 'json', credential } = config;
  const safety = safetyOf(config);
  const content = body === undefined ? undefined : write(body, bodyType);
  const defaults = {
    ...(content === undefined ? {} : { 'content-type': CONTENT_TYPES[bodyType] }),
    ...(safety === 'read' ? {} : { 'idempotency-key': context.idempotencyKey }),
  };
  return {
    kind: 'http',
    method,
    url: addressOf(config),
    headers: withDefaults(config.headers ?? {}, defaults),
    ...(content === undefined ? {} : { body: content }),
    ...(credential === undefined ? {} : { credential }),
    safety,
    response: method === 'HEAD' ? 'none' : response,
    timeoutMs: context.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  };
}

/** What a repetition does, by method where the author does not say. */
export function safetyOf({ method, effect }: Pick<HttpRequestConfig, 'method' | 'effect'>): HttpEffect['safety'] {
  if (effect !== undefined) return effect;
  if (method === 'GET' || method === 'HEAD') return 'read';
  return method === 'PUT' || method === 'DELETE' ? 'idempotent' : 'unsafe';
}

function addressOf({ url, query }: HttpRequestConfig): string {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (address === null || !/^https?:$/.test(address.protocol)) {
    throw terminal('expr.failed', 'The "url" is no absolute http or https address once it is rendered. Check its expressions.');
  }
  if (address.username !== '' || address.password !== '') {
    throw terminal('expr.failed', 'The "url" must not hold a user or a password. Use a credential.');
  }
  for (const [name, text] of Object.entries(query ?? {})) address.searchParams.append(name, text);
  return address.href;
}

function write(body: Json, type: 'json' | 'form' | 'text'): string {
  if (type === 'json') return JSON.stringify(body);
  if (type === 'text') return typeof body === 'string' ? body : JSON.stringify(body);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw terminal('expr.failed', 'With "bodyType": "form" the "body" must be an object of fields.');
  }
  const fields = Object.entries(body).flatMap(([name, field]) =>
    (Array.isArray(field) ? field : [field]).map((item): [string, string] => [name, plain(item)]),
  );
  return new URLSearchParams(fields).toString();
}

function plain(item: Json): string {
  return typeof item === 'object' && item !== null ? JSON.stringify(item) : String(item ?? '');
}

/** Names in lower case; what the author wrote wins. */
function withDefaults(given: Record<string, string>, defaults: Record<string, string>): Record<string, string> {
  const named = Object.entries(given).map(([name, text]): [string, string] => {
    if (/[\r\n\0]/.test(text))
      throw terminal('expr.failed', `The header "${name}" holds a line break once it is rendered. Check its expressions.`);
    return [name.toLowerCase(), text];
  });
  return { ...defaults, ...Object.fromEntries(named) };
}
