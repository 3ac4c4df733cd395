import type { ModelEffect, ModelMessage } from '@workflows/core';
import type { ModelSettings } from '@workflows/storage';

/** The body of a call on the wire that OpenAI began and most providers speak: `POST <baseUrl>/chat/completions`. */
export function chatRequest(effect: ModelEffect, { model }: ModelSettings): string {
  const { messages, tools = [], answer, temperature, maxOutputTokens } = effect;
  return JSON.stringify({
    model,
    messages: messages.map(onWire),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            type: 'function',
            function: { name, description, parameters },
          })),
        }),
    // The looser of the two modes for JSON: with the stricter one an answer that does not fit is lost with its usage.
    ...(answer === 'json' ? { response_format: { type: 'json_object' } } : {}),
    ...(temperature === undefined ? {} : { temperature }),
    max_tokens: maxOutputTokens ?? USUAL_OUTPUT_TOKENS,
  });
}

/** Where the node sets no limit: an answer that never ends must not cost without one. */
export const USUAL_OUTPUT_TOKENS = 1024;

function onWire(message: ModelMessage) {
  switch (message.role) {
    case 'system':
    case 'user':
      return message;
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: message.content };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content,
        ...(message.toolCalls === undefined
          ? {}
          : {
              tool_calls: message.toolCalls.map(({ id, name, args }) => ({
                id,
                type: 'function',
                function: { name, arguments: args },
              })),
            }),
      };
  }
}
