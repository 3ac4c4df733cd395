import { Injectable } from '@nestjs/common';
import {
  type EffectResult,
  type Failure,
  type HttpEffect,
  isRetryableCode,
  type Json,
  type NodeOutcome,
  type Signal,
} from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { z } from 'zod';
import { type HttpRequestConfig, httpRequestSpec } from './http-request.config.js';
import { requestOf, safetyOf } from './request.js';
import { retryAfterMs } from './retry-after.js';

const answerShape = z.object({ status: z.number().int(), headers: z.record(z.string(), z.string()), body: z.json() });

type Safety = HttpEffect['safety'];

@Injectable()
@NodeType(httpRequestSpec)
export class HttpRequestNode extends NodeStrategy {
  override run({ config }: NodeInput<HttpRequestConfig>, context: NodeContext): NodeOutcome {
    return { kind: 'waiting', wait: { effects: true }, effects: [requestOf(config, context)] };
  }

  override resume(
    { config }: NodeInput<HttpRequestConfig>,
    context: NodeContext,
    signal: Signal,
    _memory: Json | undefined,
  ): NodeOutcome {
    if (signal.type !== 'effect') return { kind: 'waiting', wait: { effects: true } };
    return outcomeOf(signal.result, safetyOf(config), context.now);
  }
}

function outcomeOf(result: EffectResult, safety: Safety, now: string): NodeOutcome {
  switch (result.outcome) {
    case 'failed':
      return { kind: 'failed', failure: result.failure };
    case 'unknown':
      return { kind: 'failed', failure: inDoubt(result.failure, safety) };
    case 'done': {
      const { status, headers, body } = answerShape.parse(result.data);
      if (status >= 200 && status < 300) return { kind: 'done', output: { status, headers, body } };
      return { kind: 'failed', failure: refused(status, headers, safety, now) };
    }
  }
}

function refused(status: number, headers: Record<string, string>, safety: Safety, now: string): Failure {
  const code = `http.${status}`;
  // Only these two say that the service has done nothing; any other 5xx may come after the deed.
  const surelyUndone = status === 429 || status === 503;
  const again = isRetryableCode(code) && (safety !== 'unsafe' || surelyUndone);
  const pause = retryAfterMs(headers['retry-after'], now);
  return {
    code,
    kind: again ? 'retryable' : 'terminal',
    message: `The service answered with status ${status}. Look into its logs, or catch "${code}".`,
    ...(again && pause !== null ? { retryAfterMs: pause } : {}),
  };
}

function inDoubt(failure: Failure, safety: Safety): Failure {
  if (safety !== 'unsafe') return { ...failure, kind: 'retryable' };
  return {
    code: 'effect.unknown',
    kind: 'terminal',
    message:
      'Nobody knows whether the call had its effect, and it must not be repeated. Check with the service, or declare "effect": "idempotent" if it honours Idempotency-Key.',
    details: { cause: failure.code },
  };
}
