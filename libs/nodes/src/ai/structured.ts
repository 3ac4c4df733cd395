import {
  type DataSchema,
  type Json,
  type JsonObject,
  type ModelUsage,
  type NodeOutcome,
  type Signal,
  terminal,
} from '@workflows/core';
import type { NodeContext } from '@workflows/ports';
import { z } from 'zod';
import { type AskedModel, askModel, opening } from './ask-model.js';
import { readJsonAnswer } from './json-answer.js';
import { addUsage, modelAnswer, usageIn } from './model-answer.js';

/** What is sent back for repair: enough to see the mistake, little enough to keep. */
const LONGEST_REPAIRED = 8_000;

/** A question whose answer is an object of a schema. */
export interface StructuredQuestion {
  config: AskedModel;
  rules: string;
  input: string;
  schema: DataSchema;
  repairs: number;
}

const memoryShape = z.object({ repairs: z.int() }).catch({ repairs: 0 });

export function askStructured({ config, rules, input }: StructuredQuestion, context: NodeContext): NodeOutcome {
  return askModel(config, { messages: opening(config, rules, input), answer: 'json' }, context);
}

/** The data of an answer that fits, or another call that has it repaired. Throws WorkflowError when it is beyond repair. */
export function readStructured(
  { config, rules, input, schema, repairs }: StructuredQuestion,
  context: NodeContext,
  signal: Signal & { type: 'effect' },
  memory: Json | undefined,
): { outcome: NodeOutcome } | { data: JsonObject; usage: ModelUsage; model: string } {
  const answer = modelAnswer(signal.result);
  const usage = addUsage(usageIn(memory), answer.usage);
  const read = readJsonAnswer(answer.text, schema);
  if ('data' in read) return { data: read.data, usage, model: answer.model };
  const { repairs: made } = memoryShape.parse(memory);
  if (made >= repairs) {
    const message = `The answer of the model "${answer.model}" does not fit the schema: ${read.problem} Make the schema simpler, or allow more repairs.`;
    throw terminal('ai.invalid', message, { usage: { ...usage } });
  }
  const messages = [
    ...opening(config, rules, input),
    { role: 'assistant' as const, content: answer.text.slice(0, LONGEST_REPAIRED) },
    { role: 'user' as const, content: `${read.problem} Answer again, with the whole object and nothing else.` },
  ];
  return { outcome: askModel(config, { messages, answer: 'json' }, context, { repairs: made + 1, usage: { ...usage } }) };
}
