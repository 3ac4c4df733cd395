import { Injectable } from '@nestjs/common';
import { assertNever, type EffectResult, type Failure, type HttpEffect, type Json, jsonShapeProblem } from '@workflows/core';
import { type EgressCredential, EgressClient, type EgressResult } from '@workflows/ports';
import { Breakers } from '../breaker/breakers.js';
import type { CallOutcome } from '../breaker/circuit.js';
import { Credentials } from '../credentials/credentials.js';

const BROKEN_OFF: Failure = {
  code: 'effect.unknown',
  kind: 'terminal',
  message: 'The run was cancelled while the request was under way, so nobody knows whether it happened.',
};

/** Does the HTTP call of a node, once. Whether to try again is decided by the node and the machine. */
@Injectable()
export class HttpEffectPerformer {
  constructor(
    private readonly egress: EgressClient,
    private readonly credentials: Credentials,
    private readonly breakers: Breakers,
  ) {}

  /** `signal`: breaks the call off, because its run has been cancelled. */
  async perform(effect: HttpEffect, tenantId: string, signal: AbortSignal): Promise<EffectResult> {
    const opened = await this.credentials.open(tenantId, effect.credential);
    if ('failure' in opened) return { outcome: 'failed', failure: opened.failure };
    const line = { tenantId, host: hostOf(effect.url), credential: effect.credential };
    const passed = await this.breakers.through(
      line,
      () => this.ask(effect, opened.credential, signal),
      (answer) => (signal.aborted ? 'neither' : outcomeFor(answer)),
    );
    if (!passed.called) return { outcome: 'failed', failure: passed.failure };
    const { answer } = passed;
    switch (answer.outcome) {
      case 'answered':
        return readAnswer(effect, answer);
      case 'never_sent':
        return {
          outcome: 'failed',
          failure: { code: answer.code, kind: answer.code === 'network' ? 'retryable' : 'terminal', message: answer.message },
        };
      case 'in_doubt':
        if (signal.aborted) return { outcome: 'unknown', failure: BROKEN_OFF };
        return { outcome: 'unknown', failure: { code: answer.code, kind: 'retryable', message: answer.message } };
      default:
        return assertNever(answer);
    }
  }

  private ask(effect: HttpEffect, credential: EgressCredential | undefined, signal: AbortSignal): Promise<EgressResult> {
    return this.egress.request({
      method: effect.method,
      url: effect.url,
      headers: effect.headers,
      ...(effect.body === undefined ? {} : { body: effect.body }),
      ...(credential === undefined ? {} : { credential }),
      timeoutMs: effect.timeoutMs,
      signal,
      trust: 'tenant',
      purpose: 'http.request',
    });
  }
}

/** What an answer says of the service's health: a refusal of this one request says that it is well. */
function outcomeFor(answer: EgressResult): CallOutcome {
  if (answer.outcome === 'never_sent') return answer.code === 'network' ? 'failed' : 'neither';
  if (answer.outcome === 'in_doubt') return 'failed';
  return answer.status >= 500 || answer.status === 429 ? 'failed' : 'worked';
}

/** A URL that cannot be read has no host, and is refused before anything is sent. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');

/** Only a success has to be what the node expects; an error page in HTML must not hide its status. */
function readAnswer(effect: HttpEffect, answer: { status: number; headers: Record<string, string>; body: Buffer }): EffectResult {
  const { status, headers } = answer;
  const text = answer.body.toString('utf8');
  const done = (body: Json): EffectResult => ({ outcome: 'done', data: { status, headers, body } });
  if (effect.response === 'none' || text === '') return done(null);
  if (effect.response === 'text') return done(text);
  const problem = jsonShapeProblem(text);
  try {
    if (problem !== null) throw new Error(problem);
    return done(JSON.parse(text) as Json);
  } catch {
    if (status < 200 || status > 299) return done(text.slice(0, 2_000));
    const how = problem === null ? 'is not JSON' : `cannot be read: ${problem}`;
    const message = `The answer with status ${status} ${how}. Set "response" to "text" or "none", or mend the service.`;
    return { outcome: 'failed', failure: { code: 'output.invalid', kind: 'terminal', message } };
  }
}
