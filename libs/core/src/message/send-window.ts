import type { Failure } from '../failure.js';
import type { ChannelCapabilities } from './capabilities.js';
import type { OutboundMessage } from './outbound.js';

const HOUR_MS = 3_600_000;

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
  const sinceMs = lastInboundAt === null ? Infinity : nowMs - Date.parse(lastInboundAt);
  if (sinceMs < capabilities.windowHours * HOUR_MS) return null;
  const when = lastInboundAt === null ? 'The contact has never written here' : `The contact last wrote at ${lastInboundAt}`;
  return {
    code: 'channel.window_closed',
    kind: 'terminal',
    message: `${when}, and free text may only follow within ${capabilities.windowHours} hours. Send a template instead.`,
  };
}
