import type { Emulation } from '../emulation.js';
import type { BusinessNumber, Customer, LedgerEntry } from '../records.js';
import { newMessageId } from '../world.js';
import { GraphError } from './graph-error.js';
import { previewOf } from './preview.js';
import type { ReadMarkRequest, SendContent, SendEnvelope } from './send-request.js';
import { fillTemplate } from './template-check.js';

/** Accepts a message and sets its receipts going. @throws GraphError when Meta would refuse it */
export function acceptMessage(
  emulation: Emulation,
  number: BusinessNumber,
  envelope: SendEnvelope,
  content: SendContent,
  body: unknown,
): LedgerEntry {
  const customer = recipientOf(emulation, envelope);
  const category = content.type === 'template' ? fillTemplate(emulation.world, content.template).category : null;
  if (category === 'authentication' && envelope.to === undefined)
    throw new GraphError(131062, 'Authentication templates need a phone number');
  const nowMs = emulation.clock.now().getTime();
  if (customer !== null && category === null && !emulation.world.isWindowOpen(number.phoneNumberId, customer, nowMs)) {
    throw new GraphError(
      131047,
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
    );
  }
  requireMedia(emulation, content);
  const entry = emulation.ledger.append({
    at: emulation.clock.now().toISOString(),
    messageId: newMessageId(),
    phoneNumberId: number.phoneNumberId,
    waId: customer?.waId ?? null,
    userId: customer?.userId ?? null,
    type: content.type,
    ...previewOf(emulation.world, content),
    effectRef: envelope.biz_opaque_callback_data ?? null,
    body,
  });
  if (customer !== null) emulation.receipts.follow(number, customer, entry);
  return entry;
}

/** @throws GraphError when the message is not one of a customer */
export function markRead(emulation: Emulation, number: BusinessNumber, mark: ReadMarkRequest): void {
  if (!emulation.world.hasInbound(mark.message_id))
    throw new GraphError(100, 'message_id is not a message that a customer sent', { subcode: 33 });
  emulation.ledger.reads.push({
    at: emulation.clock.now().toISOString(),
    phoneNumberId: number.phoneNumberId,
    messageId: mark.message_id,
    typing: mark.typing_indicator !== undefined,
  });
}

/** `to` wins over `recipient`. A user id in `to` is accepted and reaches nobody: null. */
function recipientOf({ world }: Emulation, { to, recipient }: SendEnvelope): Customer | null {
  if (to === undefined) {
    const known = world.customerByUserId(recipient ?? '');
    if (known === undefined) throw new GraphError(131026, 'recipient is not a user of this business portfolio');
    return known;
  }
  if (/^[A-Z]{2}\./.test(to)) return null;
  const digits = to.replace(/^\+/, '').replace(/[\s()-]/g, '');
  if (!/^\d{5,15}$/.test(digits)) throw new GraphError(131009, 'Parameter to: is not a phone number');
  return world.customer(digits);
}

function requireMedia({ world }: Emulation, content: SendContent): void {
  const media = mediaOf(content);
  if (media?.id !== undefined && !world.media.has(media.id))
    throw new GraphError(100, `Parameter ${content.type}.id: unknown media`, { subcode: 33 });
}

function mediaOf(content: SendContent): { id?: string | undefined } | null {
  switch (content.type) {
    case 'image':
      return content.image;
    case 'video':
      return content.video;
    case 'document':
      return content.document;
    case 'audio':
      return content.audio;
    case 'sticker':
      return content.sticker;
    default:
      return null;
  }
}
