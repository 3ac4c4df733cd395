import { Injectable } from '@nestjs/common';
import { assertNever, type EffectResult, type HttpEffect, type Json } from '@workflows/core';
import { EgressClient } from '@workflows/ports';

/** Does the HTTP call of a node, once. Whether to try again is decided by the node and the machine. */
@Injectable()
export class HttpEffectPerformer {
  constructor(private readonly egress: EgressClient) {}

  async perform(effect: HttpEffect): Promise<EffectResult> {
    if (effect.credential !== undefined) {
      const message = `The credential "${effect.credential}" cannot be used: credentials are not available yet. Remove "credential" from the node.`;
      return { outcome: 'failed', failure: { code: 'resource.missing', kind: 'terminal', message } };
    }
    const answer = await this.egress.request({
      method: effect.method,
      url: effect.url,
      headers: effect.headers,
      ...(effect.body === undefined ? {} : { body: effect.body }),
      timeoutMs: effect.timeoutMs,
      trust: 'tenant',
      purpose: 'http.request',
    });
    switch (answer.outcome) {
      case 'answered':
        return readAnswer(effect, answer);
      case 'never_sent':
        return {
          outcome: 'failed',
          failure: { code: answer.code, kind: answer.code === 'network' ? 'retryable' : 'terminal', message: answer.message },
        };
      case 'in_doubt':
        return { outcome: 'unknown', failure: { code: answer.code, kind: 'retryable', message: answer.message } };
      default:
        return assertNever(answer);
    }
  }
}

/** Only a success has to be what the node expects; an error page in HTML must not hide its status. */
function readAnswer(effect: HttpEffect, answer: { status: number; headers: Record<string, string>; body: Buffer }): EffectResult {
  const { status, headers } = answer;
  const text = answer.body.toString('utf8');
  const done = (body: Json): EffectResult => ({ outcome: 'done', data: { status, headers, body } });
  if (effect.response === 'none' || text === '') return done(null);
  if (effect.response === 'text') return done(text);
  try {
    return done(JSON.parse(text) as Json);
  } catch {
    if (status < 200 || status > 299) return done(text.slice(0, 2_000));
    const message = `The answer with status ${status} is not JSON. Set "response" to "text" or "none", or mend the service.`;
    return { outcome: 'failed', failure: { code: 'output.invalid', kind: 'terminal', message } };
  }
}
