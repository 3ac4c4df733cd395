import { WorkflowError, type Json, type JsonObject, type SendResult } from '@workflows/core';
import type { EgressClient, EgressResult, OutboundRequest } from '@workflows/ports';
import { readRefusal } from './failure.js';
import type { WhatsAppOptions } from './options.js';
import { cleanJson, idAt, isObject, objectsAt, textAt } from './payload.js';
import { render } from './render.js';

/** Sends one message with one POST. The Cloud API has no idempotency key, so every doubt is reported as `unknown`. */
export async function send(egress: EgressClient, options: WhatsAppOptions, request: OutboundRequest): Promise<SendResult> {
  const body = renderOrRefuse(request);
  if (body instanceof WorkflowError) return { outcome: 'refused', failure: body.failure };
  return sendResult(await postMessage(egress, options, request.account, body, request.timeoutMs));
}

/** `POST /{version}/{phone-number-id}/messages`; the road of messages and of read marks. */
export function postMessage(
  egress: EgressClient,
  options: WhatsAppOptions,
  { account, secrets }: OutboundRequest['account'],
  body: JsonObject,
  timeoutMs: number,
): Promise<EgressResult> {
  return egress.request({
    method: 'POST',
    url: `${options.graphUrl.replace(/\/+$/, '')}/${options.version}/${encodeURIComponent(account)}/messages`,
    headers: { authorization: `Bearer ${secrets['accessToken'] ?? ''}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs,
    trust: 'operator',
    purpose: 'whatsapp.messages',
  });
}

function renderOrRefuse({ message, to, effectRef }: OutboundRequest): JsonObject | WorkflowError {
  try {
    return render(message, to, effectRef);
  } catch (error) {
    if (error instanceof WorkflowError) return error;
    throw error;
  }
}

function sendResult(result: EgressResult): SendResult {
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
      return readAnswer(result.status, jsonOf(result.body));
  }
}

/** 200 means accepted, not delivered. A 200 without a message id is a stranger's answer: it proves nothing. */
function readAnswer(status: number, body: Json | undefined): SendResult {
  if (status >= 200 && status < 300) {
    const message = isObject(body) ? objectsAt(body, 'messages')[0] : undefined;
    const providerId = message && idAt(message, 'id');
    if (message === undefined || providerId === undefined)
      return { outcome: 'unknown', reason: `HTTP ${status} without a message id` };
    const messageStatus = textAt(message, 'message_status');
    return { outcome: 'accepted', providerId, ...(messageStatus === undefined ? {} : { details: { messageStatus } }) };
  }
  const refusal = readRefusal(status, body);
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
