import type { Json, SendResult } from '@workflows/core';
import type { EgressClient, OutboundRequest } from '@workflows/ports';
import { postToGraph, renderedOr, sendResultOf } from '../meta/graph-post.js';
import { idAt, isObject } from '../meta/payload.js';
import { readRefusal } from './failure.js';
import type { InstagramOptions } from './options.js';
import { render } from './render.js';

/** Sends one message, reaction or public reply with one POST. Instagram takes no reference along, and gives none back. */
export async function send(egress: EgressClient, options: InstagramOptions, request: OutboundRequest): Promise<SendResult> {
  const { message, to, account, timeoutMs } = request;
  const rendered = renderedOr(() => render(message, to));
  if ('outcome' in rendered) return rendered;
  const { to: place, body } = rendered;
  const path =
    place === 'messages' ? `${encodeURIComponent(account.account)}/messages` : `${encodeURIComponent(place.repliesOf)}/replies`;
  const result = await postToGraph(egress, options, {
    ...{ path, body, timeoutMs, purpose: 'instagram.messages' },
    accessToken: account.secrets['accessToken'],
  });
  const reacted = 'sender_action' in body;
  return sendResultOf(result, { accepted: (answer) => acceptedOf(answer, reacted), refused: readRefusal });
}

/** A message is named by `message_id`, a public reply by its own `id`; a reaction has no name, and is known by its recipient. */
function acceptedOf(body: Json | undefined, reacted: boolean): { providerId: string } | undefined {
  if (!isObject(body)) return undefined;
  const recipient = idAt(body, 'recipient_id');
  const providerId = idAt(body, 'message_id', 'id') ?? (reacted && recipient !== undefined ? `reaction:${recipient}` : undefined);
  return providerId === undefined ? undefined : { providerId };
}
