import type { ModelAnswer, ToolCall } from '@workflows/core';
import { z } from 'zod';

/** What is read of an answer; providers add more. Nothing is taken for granted, because the tenant chose who answers. */
const answerShape = z.object({
  model: z.string().max(200).optional(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(
              z.object({ id: z.string().max(200), function: z.object({ name: z.string().max(200), arguments: z.string() }) }),
            )
            .nullish(),
        }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) }).nullish(),
});

export interface ChatAnswer extends Pick<ModelAnswer, 'text' | 'toolCalls' | 'finish'> {
  model: string | null;
  /** Null when the provider did not say. */
  tokens: { input: number; output: number } | null;
}

/** Null when it is no such answer. */
export function readChatAnswer(body: string): ChatAnswer | null {
  const parsed = answerShape.safeParse(parse(body));
  const choice = parsed.data?.choices[0];
  if (!parsed.success || choice === undefined) return null;
  const { message, finish_reason: reason } = choice;
  const toolCalls: ToolCall[] = (message.tool_calls ?? []).map(({ id, function: called }) => ({
    id,
    name: called.name,
    args: called.arguments,
  }));
  const { usage, model } = parsed.data;
  return {
    text: message.content ?? '',
    toolCalls,
    finish: typeof message.refusal === 'string' ? 'filter' : finishOf(reason, toolCalls.length > 0),
    model: model ?? null,
    tokens: usage ? { input: usage.prompt_tokens, output: usage.completion_tokens } : null,
  };
}

function finishOf(reason: string | null | undefined, asksForTools: boolean): ModelAnswer['finish'] {
  if (reason === 'length') return 'length';
  if (reason === 'content_filter') return 'filter';
  return asksForTools ? 'tools' : 'stop';
}

const errorShape = z.object({ error: z.object({ code: z.unknown(), type: z.unknown() }).partial() });

/** The provider's own code of an error, such as `insufficient_quota`; its texts may repeat the prompt, and are not read. */
export function errorCodeOf(body: string): string | null {
  const { data } = errorShape.safeParse(parse(body));
  const code = [data?.error.code, data?.error.type].find((each) => typeof each === 'string');
  return typeof code === 'string' && /^[\w.-]{1,64}$/.test(code) ? code : null;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
