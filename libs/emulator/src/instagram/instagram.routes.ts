import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Emulation } from '../emulation.js';
import { jsonOf } from '../graph/json-body.js';
import { withFaults } from '../graph/with-faults.js';
import type { InstagramAccount, LedgerEntry, Tappable } from '../records.js';
import { echo, seen } from './instagram-webhooks.js';
import { type InstagramContent, readReply, readSend } from './instagram-request.js';
import { newInstagramId } from './instagram-world.js';

/** Answers below comments; messages share the path of the Cloud API. */
export function instagramRoutes(app: FastifyInstance, emulation: Emulation): void {
  app.post<{ Params: { version: string; id: string }; Body: Buffer }>('/:version/:id/replies', (request, reply) => {
    const { id } = request.params;
    const account = emulation.instagram.authorisedFor(id, request);
    const body = jsonOf(request.body);
    const { message } = readReply(body);
    return withFaults(emulation, account.phoneNumberId, reply, () => {
      const content = { type: 'public_reply', text: message, options: [] };
      return { id: append(emulation, account, emulation.instagram.authorOf(id), content, body).messageId };
    });
  });
}

/** `POST /{ig-id}/messages`. @throws GraphError when Meta would refuse it */
export async function sendFromInstagram(
  emulation: Emulation,
  account: InstagramAccount,
  body: unknown,
  reply: FastifyReply,
): Promise<unknown> {
  const send = readSend(body);
  return withFaults(emulation, account.phoneNumberId, reply, () => {
    const person = recipientOf(emulation, account, send.recipient);
    if ('sender_action' in send) {
      if (send.payload !== undefined) {
        const content = { type: 'reaction', text: send.payload.reaction ?? '', options: [] };
        append(emulation, account, person, content, body);
      }
      return { recipient_id: person };
    }
    const entry = append(emulation, account, person, shown(send.message), body);
    echo(emulation, account, person, entry);
    seen(emulation, account, person, entry);
    return { recipient_id: person, message_id: entry.messageId };
  });
}

function recipientOf(
  { instagram, clock }: Emulation,
  { phoneNumberId }: InstagramAccount,
  recipient: { id: string } | { comment_id: string },
): string {
  const nowMs = clock.now().getTime();
  if ('comment_id' in recipient) return instagram.answerInPrivate(phoneNumberId, recipient.comment_id, nowMs);
  instagram.requireOpenWindow(phoneNumberId, recipient.id, nowMs);
  return recipient.id;
}

interface Shown {
  type: string;
  text: string;
  options: Tappable[];
}

/** What the person reads, and can tap. */
function shown({ text, attachment, quick_replies: replies = [] }: InstagramContent): Shown {
  const options = replies.map(({ title, payload }): Tappable => ({ id: payload, title, kind: 'quick_reply' }));
  if (attachment === undefined) return { type: 'text', text: text ?? '', options };
  if (attachment.type !== 'template') return { type: attachment.type, text: `[${attachment.type}]`, options };
  const { text: words, buttons } = attachment.payload;
  return { type: 'template', text: `${words} [${buttons.map(({ title }) => title).join(' | ')}]`, options };
}

function append(
  { ledger, clock }: Emulation,
  { phoneNumberId }: InstagramAccount,
  person: string | null,
  content: Shown,
  body: unknown,
): LedgerEntry {
  return ledger.append({
    at: clock.now().toISOString(),
    messageId: newInstagramId(),
    phoneNumberId,
    waId: person,
    userId: person,
    ...content,
    effectRef: null,
    body,
  });
}
