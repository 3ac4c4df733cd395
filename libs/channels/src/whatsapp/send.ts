import type { Json, JsonObject, SendResult } from '@workflows/core';
import type { EgressClient, EgressResult, OutboundRequest } from '@workflows/ports';
import { postToGraph, renderedOr, sendResultOf } from '../meta/graph-post.js';
import { idAt, isObject, objectsAt, textAt } from '../meta/payload.js';
import { readRefusal } from './failure.js';
import type { WhatsAppOptions } from './options.js';
import { render } from './render.js';

/** Sends one message with one POST. */
export async function send(egress: EgressClient, options: WhatsAppOptions, request: OutboundRequest): Promise<SendResult> {
  const { message, to, effectRef, account, timeoutMs } = request;
  const body = renderedOr(() => ({ rendered: render(message, to, effectRef) }));
  if (!('rendered' in body)) return body;
  return sendResultOf(await postMessage(egress, options, account, body.rendered, timeoutMs), { accepted, refused: readRefusal });
}

/** `POST /{version}/{phone-number-id}/messages`; the road of messages and of read marks. */
export function postMessage(
  egress: EgressClient,
  options: WhatsAppOptions,
  { account, secrets }: OutboundRequest['account'],
  body: JsonObject,
  timeoutMs: number,
): Promise<EgressResult> {
  const path = `${encodeURIComponent(account)}/messages`;
  return postToGraph(egress, options, {
    ...{ path, body, timeoutMs, purpose: 'whatsapp.messages' },
    accessToken: secrets['accessToken'],
  });
}

function accepted(body: Json | undefined): { providerId: string; details?: Json } | undefined {
  const message = isObject(body) ? objectsAt(body, 'messages')[0] : undefined;
  const providerId = message && idAt(message, 'id');
  if (message === undefined || providerId === undefined) return undefined;
  const messageStatus = textAt(message, 'message_status');
  return { providerId, ...(messageStatus === undefined ? {} : { details: { messageStatus } }) };
}
