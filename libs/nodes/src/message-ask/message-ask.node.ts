import { Injectable } from '@nestjs/common';
import {
  assertNever,
  type InboundMessage,
  joinTexts,
  type Json,
  messageValue,
  type NodeOutcome,
  type OutboundMessage,
  plusMs,
  REPEAT,
  type Signal,
} from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { messagesOf } from '../content/content.js';
import { renderedDurationMs } from '../instant.js';
import { defaultReprompt } from './default-texts.js';
import { readAnswer } from './expect/read-answer.js';
import { type Memory, readMemory, waitForAnswer } from './memory.js';
import { messageAskSpec } from './message-ask.config.js';
import { offeredOptions, promptOf } from './prompt.js';
import type { RenderedAsk } from './rendered-ask.js';

/** A burst of answers never grows longer than so many pauses, as `maxDebounce` does for a session. */
const MOST_PAUSES = 5;

const DEFAULT_REPROMPTS = 2;

@Injectable()
@NodeType(messageAskSpec)
export class MessageAskNode extends NodeStrategy {
  override run({ config }: NodeInput<RenderedAsk>, context: NodeContext): NodeOutcome {
    const takesEarly = (config.early ?? (config.expect.kind === 'any' ? 'take' : 'ignore')) === 'take';
    const memory: Memory = { invalid: 0, ...deadlineFrom(context), ...(takesEarly ? {} : { promptedAt: context.now }) };
    return say(promptOf(config, context), config, memory);
  }

  override resume(
    { config }: NodeInput<RenderedAsk>,
    context: NodeContext,
    signal: Signal,
    remembered: Json | undefined,
  ): NodeOutcome {
    const memory = readMemory(remembered);
    switch (signal.type) {
      case 'message':
        return hear(config, context, memory, signal.message, signal.receivedAt);
      case 'timer':
        return ring(config, context, memory);
      case 'effect':
        // Only a definite failure of the prompt is an error: after an unknown result the contact may well answer.
        return signal.result.outcome === 'failed'
          ? { kind: 'failed', failure: signal.result.failure }
          : waitForAnswer(config, memory);
      case 'signal':
        return signal.name === REPEAT ? repeat(config, context, memory) : waitForAnswer(config, memory);
      default:
        return assertNever(signal);
    }
  }
}

/** People have had the conversation: the question is asked again, and its time begins again. */
function repeat(config: RenderedAsk, context: NodeContext, { invalid, promptedAt }: Memory): NodeOutcome {
  const again = { invalid, ...deadlineFrom(context), ...(promptedAt === undefined ? {} : { promptedAt: context.now }) };
  return say(promptOf(config, context), config, again);
}

/** A tap is a whole answer; words wait for the rest of their burst where the ask debounces. */
function hear(
  config: RenderedAsk,
  context: NodeContext,
  memory: Memory,
  message: InboundMessage,
  receivedAt: string,
): NodeOutcome {
  const messages = [...(memory.burst?.messages ?? []), message];
  if (config.debounce === undefined || message.kind === 'option') return judge(config, context, memory, messages);
  const pause = renderedDurationMs(config.debounce);
  const latest = memory.burst?.latest ?? plusMs(receivedAt, pause * MOST_PAUSES);
  const quiet = plusMs(receivedAt, pause);
  return waitForAnswer(config, { ...memory, burst: { messages, latest, until: quiet < latest ? quiet : latest } });
}

function ring(config: RenderedAsk, context: NodeContext, memory: Memory): NodeOutcome {
  const now = Date.parse(context.now);
  const { burst, deadline } = memory;
  if (burst !== undefined)
    return Date.parse(burst.until) <= now ? judge(config, context, memory, burst.messages) : waitForAnswer(config, memory);
  return deadline !== undefined && Date.parse(deadline) <= now
    ? { kind: 'done', port: 'timeout' }
    : waitForAnswer(config, memory);
}

/** Decides on a whole answer: good, to be asked again, or one too many. */
function judge(config: RenderedAsk, context: NodeContext, memory: Memory, messages: InboundMessage[]): NodeOutcome {
  const text = joinTexts(messages);
  const kind = messages[0]?.kind ?? 'text';
  const attempts = memory.invalid + 1;
  const locale = context.contact?.locale ?? context.tenant.locale;
  const value = readAnswer({ expect: config.expect, options: offeredOptions(config), locale }, messages);
  const objection =
    value === undefined ? (config.reprompt?.text ?? defaultReprompt(config.expect.kind)) : failedCheck(config, context, value);

  if (value !== undefined && objection === null) {
    return { kind: 'done', output: { value, text, kind, messages: messages.map(messageValue), attempts } };
  }
  if (attempts > (config.reprompt?.max ?? DEFAULT_REPROMPTS))
    return { kind: 'done', port: 'exhausted', output: { text, kind, attempts } };

  const { promptedAt } = memory;
  const again: Memory = { invalid: attempts, ...deadlineFrom(context), ...(promptedAt === undefined ? {} : { promptedAt }) };
  return say(repromptOf(config, context, objection ?? ''), config, again);
}

/** The text of the first check that does not hold, or null. */
function failedCheck(config: RenderedAsk, context: NodeContext, value: Json): string | null {
  return config.checks?.find(({ when }) => context.evaluate(when, { value }) !== true)?.text ?? null;
}

/** Says what was wrong and offers the choices once more. */
function repromptOf(config: RenderedAsk, context: NodeContext, text: string): OutboundMessage[] {
  return messagesOf({ text, options: config.options, listLabel: config.listLabel }, context);
}

function say(messages: OutboundMessage[], config: RenderedAsk, memory: Memory): NodeOutcome {
  const onUnknown = config.onUnknown ?? 'resend';
  const effects = messages.map((message) => ({ kind: 'message', message, onUnknown, notify: 'failure' }) as const);
  return { ...waitForAnswer(config, memory), effects };
}

/** `timeout` counts from the last prompt. */
function deadlineFrom({ now, timeoutMs }: NodeContext): Pick<Memory, 'deadline'> {
  return timeoutMs === null ? {} : { deadline: plusMs(now, timeoutMs) };
}
