import type { Json, JsonObject } from '../json.js';

/**
 * One call of a model, done by the runner under the run's lease. A call whose answer was not journalled is made again:
 * it changes nothing but the bill. A journalled one never is.
 */
export interface ModelEffect {
  kind: 'model';
  /** Name of the tenant's model profile. */
  profile: string;
  messages: ModelMessage[];
  /** What the model may ask for. It is told of them, and calls nothing itself. */
  tools?: ModelTool[];
  /** `json`: the answer is to be one object. Whether it fits is looked at by the node. */
  answer: 'text' | 'json';
  temperature?: number;
  maxOutputTokens?: number;
  timeoutMs: number;
}

export type ModelMessage =
  | { role: 'system' | 'user'; content: string }
  | { role: 'assistant'; content: string; toolCalls?: ToolCall[] }
  | { role: 'tool'; callId: string; content: string };

export interface ModelTool {
  name: string;
  description: string;
  /** JSON Schema of its arguments. */
  parameters: Json;
}

/** What a model asks for. `args` as it wrote them: they may be no JSON. */
export interface ToolCall {
  id: string;
  name: string;
  args: string;
}

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  costUsd: number;
  /** Calls of a model. */
  calls: number;
}

/** `data` of a model effect that was answered, whatever the answer is worth. */
export interface ModelAnswer {
  text: string;
  toolCalls: ToolCall[];
  /** `length`: cut off. `filter`: kept back by the provider. */
  finish: 'stop' | 'length' | 'tools' | 'filter';
  /** What answered: the profile (a fallback may have), its provider and its model. */
  profile: string;
  provider: string;
  model: string;
  usage: ModelUsage;
  ms: number;
}

export type ModelAnswerData = ModelAnswer & JsonObject;
