import type { Failure, Json, JsonObject } from '@workflows/core';
import { idAt, isObject, numberAt, objectAt, textAt } from './payload.js';

/** How one error code of the Graph API is met. */
export interface ErrorRule {
  /** Our code, of the language's table of errors. */
  code: string;
  /** Milliseconds to wait at least; present makes the failure retryable. */
  retryAfterMs?: number;
  /** The server says that it stumbled, not that it refused: with HTTP 5xx the message may have gone out all the same. */
  stumbled?: true;
  reason: string;
  remedy: string;
}

/** The rule for an error, or undefined when the product's table does not know it. */
export type RuleOf = (error: { code: number; subcode: number | undefined }) => ErrorRule | undefined;

const UNKNOWN: ErrorRule = {
  code: 'channel.invalid',
  reason: 'the API refused the message with a code that is not known here',
  remedy: "look the code up in Meta's list of error codes",
};

export function throttled(reason: string, retryAfterMs: number, stumbled?: true): ErrorRule {
  return {
    code: 'channel.throttled',
    retryAfterMs,
    reason,
    remedy: 'wait; the engine tries again',
    ...(stumbled ? { stumbled } : {}),
  };
}

/** The failure behind an error object of Meta: `{ code, message?, title?, error_data? }`. Its texts are not repeated. */
export function failureOf(product: string, error: JsonObject, ruleOf: RuleOf): Failure {
  const code = numberAt(error, 'code');
  const rule = ruleFor(error, ruleOf);
  return {
    code: rule.code,
    kind: rule.retryAfterMs === undefined ? 'terminal' : 'retryable',
    message: `${product} refused the message (code ${code ?? 'missing'}): ${rule.reason}. Remedy: ${rule.remedy}.`,
    ...(rule.retryAfterMs === undefined ? {} : { retryAfterMs: rule.retryAfterMs }),
    details: detailsOf(error),
  };
}

/**
 * What a refusing answer to a send means: a failure when the API surely did not take the message, else the reason why
 * nobody knows. An answer without Meta's error object comes from something in between and proves nothing.
 */
export function refusalOf(
  product: string,
  status: number,
  body: Json | undefined,
  ruleOf: RuleOf,
): { failure: Failure } | { unknown: string } {
  const error = isObject(body) ? objectAt(body, 'error') : {};
  const code = numberAt(error, 'code');
  if (code === undefined) return { unknown: `HTTP ${status} without an error object of the Graph API` };
  const rule = ruleFor(error, ruleOf);
  if (status >= 500 && (rule.stumbled || rule === UNKNOWN))
    return { unknown: `HTTP ${status} with code ${code}: ${rule.reason}` };
  return { failure: failureOf(product, error, ruleOf) };
}

function ruleFor(error: JsonObject, ruleOf: RuleOf): ErrorRule {
  const code = numberAt(error, 'code');
  return (code === undefined ? undefined : ruleOf({ code, subcode: numberAt(error, 'error_subcode') })) ?? UNKNOWN;
}

/** The provider's numbers and trace id. Its prose stays out, because it may quote the message or the recipient. */
function detailsOf(error: JsonObject): Json {
  const code = numberAt(error, 'code');
  const subcode = numberAt(error, 'error_subcode');
  const trace = idAt(error, 'fbtrace_id');
  const type = textAt(error, 'type');
  return {
    ...(code === undefined ? {} : { code }),
    ...(subcode === undefined ? {} : { subcode }),
    ...(type === undefined ? {} : { type }),
    ...(trace === undefined ? {} : { trace }),
  };
}
