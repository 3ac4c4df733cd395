import type { Failure } from '@workflows/core';
import type { EgressResult } from '@workflows/ports';
import { errorCodeOf } from './chat-answer.js';

const DETAIL_QUOTA = /quota|billing|credit/;

/** Why a call of a model brought no answer, in the codes of the language. */
export function failureOfCall(profile: string, result: EgressResult): Failure {
  if (result.outcome === 'never_sent') {
    const retry = result.code === 'network';
    return unavailable(`The provider of the model "${profile}" cannot be reached: ${result.message}`, retry, result.code);
  }
  if (result.outcome === 'in_doubt') {
    if (result.code === 'timeout') {
      const message = `The model "${profile}" did not answer in time. Raise its timeoutMs, or the "timeout" of the node.`;
      return { code: 'timeout', kind: 'retryable', message };
    }
    return unavailable(`The answer of the model "${profile}" could not be read: ${result.message}`, true, result.code);
  }
  return failureOfStatus(profile, result.status, result.headers, result.body.toString('utf8'));
}

function failureOfStatus(profile: string, status: number, headers: Record<string, string>, body: string): Failure {
  const code = errorCodeOf(body);
  const details = { status, ...(code === null ? {} : { code }) };
  if (status === 429 && !(code !== null && DETAIL_QUOTA.test(code))) {
    const pause = pauseOf(headers['retry-after']);
    const message = `The provider of the model "${profile}" asks for a pause.`;
    return { code: 'ai.throttled', kind: 'retryable', message, details, ...(pause === null ? {} : { retryAfterMs: pause }) };
  }
  if (code === 'content_filter' || code === 'content_policy_violation') {
    return {
      code: 'ai.blocked',
      kind: 'terminal',
      message: `The provider of the model "${profile}" kept the answer back.`,
      details,
    };
  }
  const again = status === 408 || status >= 500;
  return { ...unavailable(remedy(profile, status), again, String(status)), details };
}

function remedy(profile: string, status: number): string {
  const said = `The provider of the model "${profile}" answered with status ${status}.`;
  if (status === 401 || status === 403) return `${said} Check the credential that the profile names.`;
  if (status === 404) return `${said} Check "baseUrl" and "model" of the profile.`;
  if (status === 429) return `${said} Its quota is used up: look into the account at the provider.`;
  if (status >= 300 && status < 400) return `${said} Redirects are not followed: write the final address into "baseUrl".`;
  return `${said} Look into its logs, or catch "ai.unavailable".`;
}

function unavailable(message: string, again: boolean, cause: string): Failure {
  return { code: 'ai.unavailable', kind: again ? 'retryable' : 'terminal', message, details: { cause } };
}

/** Seconds only: no provider of models sends dates. */
function pauseOf(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,6}(\.\d+)?$/.test(header.trim()) ? Math.ceil(Number(header) * 1000) : null;
}
