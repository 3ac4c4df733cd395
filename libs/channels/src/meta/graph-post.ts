import { type Failure, type Json, type JsonObject, type SendResult, WorkflowError } from '@workflows/core';
import type { EgressClient, EgressResult } from '@workflows/ports';
import { cleanJson } from './payload.js';

/** Where a product's Graph API is: configuration of the deployment, never of a tenant. */
export interface GraphOptions {
  /** Base URL without a version, such as `https://graph.facebook.com` or the emulator's. */
  graphUrl: string;
  /** Graph API version, such as `v26.0`. Each lives for about two years. */
  version: string;
}

export interface GraphPost {
  /** Below the version: `106540352242922/messages`. */
  path: string;
  accessToken: string | undefined;
  body: JsonObject;
  timeoutMs: number;
  /** For logs and metrics: `whatsapp.messages`. */
  purpose: string;
}

/** One POST to the Graph API. */
export function postToGraph(
  egress: EgressClient,
  { graphUrl, version }: GraphOptions,
  { path, accessToken = '', body, timeoutMs, purpose }: GraphPost,
): Promise<EgressResult> {
  return egress.request({
    method: 'POST',
    url: `${graphUrl.replace(/\/+$/, '')}/${version}/${path}`,
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs,
    trust: 'operator',
    purpose,
  });
}

/** What rendering gave, or the refusal of a message that the provider would not take. */
export function renderedOr<Rendered>(render: () => Rendered): Rendered | { outcome: 'refused'; failure: Failure } {
  try {
    return render();
  } catch (error) {
    if (error instanceof WorkflowError) return { outcome: 'refused', failure: error.failure };
    throw error;
  }
}

/** How a product's answers to a send are read. */
export interface AnswerReader {
  /** From an answer of 2xx; undefined when it names no message, because then it is a stranger's and proves nothing. */
  accepted(body: Json | undefined): { providerId: string; details?: Json } | undefined;
  refused(status: number, body: Json | undefined): { failure: Failure } | { unknown: string };
}

/** 200 means accepted, not delivered. The Graph API has no idempotency key, so every doubt is reported as `unknown`. */
export function sendResultOf(result: EgressResult, reader: AnswerReader): SendResult {
  switch (result.outcome) {
    case 'never_sent':
      return {
        outcome: 'refused',
        failure: {
          code: result.code,
          kind: result.code === 'network' ? 'retryable' : 'terminal',
          message: `The Graph API was not reached: ${result.message}`,
        },
      };
    case 'in_doubt':
      return { outcome: 'unknown', reason: `${result.code}: ${result.message}` };
    case 'answered':
      return readAnswer(result.status, jsonOf(result.body), reader);
  }
}

export function isSuccess(result: EgressResult): boolean {
  return result.outcome === 'answered' && result.status >= 200 && result.status < 300;
}

function readAnswer(status: number, body: Json | undefined, reader: AnswerReader): SendResult {
  if (status >= 200 && status < 300) {
    const accepted = reader.accepted(body);
    return accepted === undefined
      ? { outcome: 'unknown', reason: `HTTP ${status} without a message id` }
      : { outcome: 'accepted', ...accepted };
  }
  const refusal = reader.refused(status, body);
  return 'failure' in refusal
    ? { outcome: 'refused', failure: refusal.failure }
    : { outcome: 'unknown', reason: refusal.unknown };
}

function jsonOf(body: Buffer): Json | undefined {
  try {
    return cleanJson(JSON.parse(body.toString('utf8')));
  } catch {
    return undefined;
  }
}
