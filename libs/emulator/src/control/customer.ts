import type { Emulation } from '../emulation.js';
import type { BusinessNumber, Customer, LedgerEntry } from '../records.js';
import { newMessageId } from '../world.js';
import { contactOf, envelopeOf } from '../webhooks/envelope.js';
import { ControlError } from './control-error.js';
import type { CustomerMessageRequest } from './requests.js';

/** Bytes of a media that nobody provided. */
const SAMPLE = Buffer.from('a file of the emulator');

const MIMES = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/ogg; codecs=opus',
  document: 'application/pdf',
  sticker: 'image/webp',
};

/** Plays a customer: writes the message object and has it delivered. Gives the message's id. */
export function playCustomer(emulation: Emulation, waId: string, request: CustomerMessageRequest): { messageId: string } {
  const number = numberOf(emulation, request.phoneNumberId);
  const { name, userId, hidesPhone } = request;
  const customer = emulation.world.customer(waId, {
    ...(name === undefined ? {} : { name }),
    ...(userId === undefined ? {} : { userId }),
    ...(hidesPhone === undefined ? {} : { hidesPhone }),
  });
  const messageId = newMessageId();
  const content = contentOf(emulation, number, customer, request);
  const message = {
    ...(customer.hidesPhone ? {} : { from: customer.waId }),
    from_user_id: customer.userId,
    id: messageId,
    timestamp: emulation.clock.seconds(),
    ...(request.quote === undefined ? {} : { context: { from: digitsOf(number), id: request.quote } }),
    ...(request.referral === undefined ? {} : { referral: request.referral }),
    ...content,
  };
  const nowMs = emulation.clock.now().getTime();
  emulation.world.recordInbound(number.phoneNumberId, customer, messageId, nowMs, request.reaction === undefined);
  const payload = envelopeOf(number, { contacts: [contactOf(customer)], messages: [message] });
  emulation.courier.send(number, 'messages', payload);
  if (emulation.faults.strike('duplicate_webhooks', number.phoneNumberId)) emulation.courier.send(number, 'messages', payload);
  return { messageId };
}

function contentOf(
  emulation: Emulation,
  number: BusinessNumber,
  customer: Customer,
  request: CustomerMessageRequest,
): Record<string, unknown> {
  const { text, tap, media, location, reaction, raw } = request;
  if (text !== undefined) return { type: 'text', text: { body: text } };
  if (tap) return tapOf(emulation, number, customer, tap);
  if (location) return { type: 'location', location };
  if (reaction)
    return {
      type: 'reaction',
      reaction: { message_id: reaction.messageId, ...(reaction.emoji === '' ? {} : { emoji: reaction.emoji }) },
    };
  if (media) {
    const bytes = media.base64 === undefined ? SAMPLE : Buffer.from(media.base64, 'base64');
    const { id, mime } = emulation.world.addMedia({ mime: media.mime ?? MIMES[media.type], bytes });
    const { caption, filename } = media;
    return {
      type: media.type,
      [media.type]: {
        id,
        mime_type: mime,
        ...(caption === undefined ? {} : { caption }),
        ...(filename === undefined ? {} : { filename }),
      },
    };
  }
  return raw ?? {};
}

/** A tap on something that this customer has really been offered. */
function tapOf(
  emulation: Emulation,
  number: BusinessNumber,
  customer: Customer,
  tap: { option: string; messageId?: string | undefined },
) {
  const offers = emulation.ledger
    .list({ phoneNumberId: number.phoneNumberId, waId: customer.waId, limit: Infinity })
    .filter(({ messageId }) => tap.messageId === undefined || messageId === tap.messageId);
  const offer = offers.findLast((entry) => optionOf(entry, tap.option) !== undefined);
  const option = offer && optionOf(offer, tap.option);
  if (offer === undefined || option === undefined) {
    throw new ControlError(
      404,
      `No message to this customer offers the option "${tap.option}". Use an id or title of GET /control/messages, field "options".`,
    );
  }
  const context = { from: digitsOf(number), id: offer.messageId };
  if (option.kind === 'button') return { context, type: 'button', button: { payload: option.id, text: option.title } };
  return {
    context,
    type: 'interactive',
    interactive: { type: option.kind, [option.kind]: { id: option.id, title: option.title } },
  };
}

function optionOf(entry: LedgerEntry, wanted: string) {
  return entry.options.find(({ id }) => id === wanted) ?? entry.options.find(({ title }) => title === wanted);
}

function numberOf({ world }: Emulation, phoneNumberId: string | undefined): BusinessNumber {
  const numbers = [...world.numbers.values()];
  const number = phoneNumberId === undefined && numbers.length === 1 ? numbers[0] : world.numbers.get(phoneNumberId ?? '');
  if (number === undefined) {
    throw new ControlError(
      404,
      `phoneNumberId names no registered number. Registered are: ${numbers.map((known) => known.phoneNumberId).join(', ') || 'none'}.`,
    );
  }
  return number;
}

function digitsOf(number: BusinessNumber): string {
  return number.displayPhoneNumber.replace(/\D/g, '');
}
