import { type Effect, type Json, type NodeOutcome, type OutboundMessage, plusMs, type Signal } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';
import { z } from 'zod';

export interface Sending {
  await: 'queued' | 'accepted' | 'delivered';
  onUnknown: 'resend' | 'hold';
}

/** How many of the messages are not settled yet, and what the first of them became. */
const memoryShape = z.object({
  left: z.number().int(),
  until: z.string().optional(),
  first: z.object({ messageId: z.string(), status: z.string() }).optional(),
});
type Memory = z.infer<typeof memoryShape>;

const sent = z.object({ messageId: z.string(), status: z.string() });

/** Gives messages out, in order, and waits as far as `await` wants. */
export function send(messages: OutboundMessage[], sending: Sending, context: NodeContext): NodeOutcome {
  const notify = sending.await === 'queued' ? 'never' : sending.await;
  const effects = messages.map((message): Effect => ({ kind: 'message', message, onUnknown: sending.onUnknown, notify }));
  if (sending.await === 'queued') return { kind: 'done', output: { messageId: '', status: 'queued' }, effects };
  const until = sending.await === 'delivered' && context.timeoutMs !== null ? plusMs(context.now, context.timeoutMs) : undefined;
  return { ...waitFor({ left: messages.length, until }), effects };
}

/** One message is settled, or the receipt did not come in time. The last one settles the node; the first failure fails it. */
export function settle(signal: Signal, memory: Json | undefined): NodeOutcome {
  const { left, until, first } = memoryShape.parse(memory);
  if (signal.type === 'timer') return { kind: 'done', port: 'timeout' };
  if (signal.type !== 'effect') return waitFor({ left, until, first });
  const { result } = signal;
  if (result.outcome === 'failed') return { kind: 'failed', failure: result.failure };
  // Trying again would be the very resend that nobody could decide on, so an unknown result is never retryable.
  if (result.outcome === 'unknown')
    return { kind: 'failed', failure: { ...result.failure, code: 'effect.unknown', kind: 'terminal' } };
  const output = first ?? sent.parse(result.data);
  return left > 1 ? waitFor({ left: left - 1, until, first: output }) : { kind: 'done', output };
}

function waitFor({ left, until, first }: Memory): NodeOutcome & { kind: 'waiting' } {
  const memory = { left, ...(until === undefined ? {} : { until }), ...(first === undefined ? {} : { first }) };
  return { kind: 'waiting', wait: { effects: true, ...(until === undefined ? {} : { until }), memory } };
}
