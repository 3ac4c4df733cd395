import { type InboundMessage, type Json, type JsonObject, messageValue, type NodeOutcome, type Wait } from '@workflows/core';
import { z } from 'zod';
import { offeredOptions } from './prompt.js';
import type { RenderedAsk } from './rendered-ask.js';

/** What an ask remembers from one signal to the next. */
export interface Memory {
  /** Invalid answers so far. */
  invalid: number;
  /** When the contact has been silent for too long. */
  deadline?: string;
  /** Messages up to here are no answers; absent when early ones are taken. */
  promptedAt?: string;
  /** Messages of an answer that may not be complete yet. */
  burst?: { messages: InboundMessage[]; until: string; latest: string };
}

/** The engine keeps memory as it was given, so this only tells the types; inbound messages were checked at the door. */
const memoryShape: z.ZodType<Memory> = z.object({
  invalid: z.number().int(),
  deadline: z.string().optional(),
  promptedAt: z.string().optional(),
  burst: z.object({ messages: z.array(z.custom<InboundMessage>()), until: z.string(), latest: z.string() }).optional(),
});

export function readMemory(remembered: Json | undefined): Memory {
  return memoryShape.parse(remembered);
}

function remember({ invalid, deadline, promptedAt, burst }: Memory): JsonObject {
  return {
    invalid,
    ...(deadline === undefined ? {} : { deadline }),
    ...(promptedAt === undefined ? {} : { promptedAt }),
    ...(burst === undefined ? {} : { burst: { ...burst, messages: burst.messages.map(messageValue) } }),
  };
}

/** Takes the turn until an answer, the end of its burst, or the deadline. */
export function waitForAnswer(config: RenderedAsk, memory: Memory): NodeOutcome & { kind: 'waiting' } {
  const until = memory.burst?.until ?? memory.deadline;
  const optionIds = offeredOptions(config).map(({ id }) => id);
  const wait: Wait = {
    messages: 'answer',
    effects: true,
    memory: remember(memory),
    ...(until === undefined ? {} : { until }),
    ...(memory.promptedAt === undefined ? {} : { messagesAfter: memory.promptedAt }),
    ...(optionIds.length === 0 ? {} : { optionIds }),
  };
  return { kind: 'waiting', wait };
}
