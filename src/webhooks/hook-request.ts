import { type Json, type JsonObject, jsonShapeProblem } from '@workflows/core';
import { z } from 'zod';
import { tooComplex } from '../http/body-parser.js';
import { headersOf, type HttpRequest, queryOf } from '../http/exchange.js';
import { badRequest, Refusal } from '../problems/refusal.js';

/** Headers that prove somebody's identity stay out of the event: it is stored, and shown to people. */
const KEPT_OUT = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** The event of a webhook trigger, as expressions see it (language, section 2), before its body is checked. */
export function eventOf(request: HttpRequest, trigger: string, authHeader: string | undefined): JsonObject & { body: Json } {
  const headers = Object.entries(headersOf(request)).filter(
    ([name]) => !KEPT_OUT.has(name) && name !== authHeader?.toLowerCase(),
  );
  return {
    trigger,
    type: 'webhook',
    method: request.method,
    query: defined(Object.entries(queryOf(request))),
    headers: defined(headers),
    body: bodyOf(request),
  };
}

/** JSON, a form as an object of strings, any other text as a string; null without a body. */
function bodyOf(request: HttpRequest): Json {
  const bytes = request.rawBody ?? Buffer.alloc(0);
  if (bytes.length === 0) return null;
  const type = headersOf(request)['content-type'] ?? 'application/json';
  const text = bytes.toString('utf8');
  if (/json/i.test(type)) return parsed(text);
  if (/^application\/x-www-form-urlencoded/i.test(type)) return Object.fromEntries(new URLSearchParams(text));
  if (/^text\//i.test(type)) return text;
  throw new Refusal(
    415,
    'unsupported_media_type',
    'The body has a content type that is not read here. Send JSON, a form or text.',
  );
}

function parsed(text: string): Json {
  const problem = jsonShapeProblem(text);
  if (problem !== null) throw tooComplex(problem);
  try {
    const value = JSON.parse(text) as Json;
    // A field of this name is data in JSON and something else in an object; reading it anew drops it, at its price.
    return text.includes('__proto__') ? z.json().parse(value) : value;
  } catch {
    throw badRequest('The body is no valid JSON. Send UTF-8 JSON, or the content type of what you send.');
  }
}

function defined(entries: Array<[string, string | undefined]>): JsonObject {
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
