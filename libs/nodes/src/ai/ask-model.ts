import type { Json, JsonObject, ModelEffect, ModelMessage, NodeOutcome } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';

/** One call, where the node says nothing else: the language's default for `timeout`. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** The model fields of a node, rendered. */
export interface AskedModel {
  model: string;
  system?: string | undefined;
  temperature?: number | undefined;
  maxOutputTokens?: number | undefined;
}

/**
 * The messages that open a conversation with a model. What the author says and what the contact says never share a
 * message: words of a contact in the first one would be orders.
 */
export function opening({ system }: AskedModel, rules: string | undefined, input: string): ModelMessage[] {
  const told = [system, rules].filter((part) => part !== undefined).join('\n\n');
  return [...(told === '' ? [] : [{ role: 'system' as const, content: told }]), { role: 'user', content: input }];
}

/** Has the engine call a model and waits for its answer; `memory` comes back with it. */
export function askModel(
  config: AskedModel,
  question: Pick<ModelEffect, 'messages' | 'answer' | 'tools'>,
  context: NodeContext,
  memory: JsonObject = {},
): NodeOutcome {
  const { model, temperature, maxOutputTokens } = config;
  const effect: ModelEffect = {
    kind: 'model',
    profile: model,
    ...question,
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    timeoutMs: context.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  };
  return { kind: 'waiting', wait: { effects: true, memory }, effects: [effect] };
}

/** What came is not the answer of the model: it is waited for as before. */
export function waitOn(memory: Json | undefined): NodeOutcome {
  return { kind: 'waiting', wait: { effects: true, ...(memory === undefined ? {} : { memory }) } };
}
