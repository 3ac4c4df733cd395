import type { Failure } from '../failure.js';
import type { ChannelCapabilities } from './capabilities.js';
import type { OutboundMessage } from './outbound.js';

const HOUR_MS = 3_600_000;

/** How long a comment may be answered in private (developers.facebook.com, Instagram: private replies). */
const PRIVATE_REPLY_DAYS = 7;

/**
 * Free text may follow a contact's message only for so long (WhatsApp and Instagram: 24 hours); after that only
 * templates. Checked right before the send, because a message may have waited in the outbox.
 */
export function windowFailure(
  message: OutboundMessage,
  capabilities: ChannelCapabilities,
  lastInboundAt: string | null,
  nowMs: number,
): Failure | null {
  if (message.type === 'template' || capabilities.windowHours === null) return null;
  if (message.comment !== undefined) return message.public === true ? null : lateReply(message.comment, nowMs);
  const sinceMs = lastInboundAt === null ? Infinity : nowMs - Date.parse(lastInboundAt);
  if (sinceMs < capabilities.windowHours * HOUR_MS) return null;
  const when = lastInboundAt === null ? 'The contact has never written here' : `The contact last wrote at ${lastInboundAt}`;
  return {
    code: 'channel.window_closed',
    kind: 'terminal',
    message: `${when}, and free text may only follow within ${capabilities.windowHours} hours. Send a template instead.`,
  };
}

/** A comment allows one private message, whether its author has ever written or not. */
function lateReply({ at }: { at: string }, nowMs: number): Failure | null {
  if (nowMs - Date.parse(at) < PRIVATE_REPLY_DAYS * 24 * HOUR_MS) return null;
  return {
    code: 'channel.window_closed',
    kind: 'terminal',
    message: `The comment was written at ${at}, and may be answered in private within ${PRIVATE_REPLY_DAYS} days. Answer it in public instead.`,
  };
}
