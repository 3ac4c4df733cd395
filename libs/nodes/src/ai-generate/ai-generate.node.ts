import { Injectable } from '@nestjs/common';
import { type Json, type NodeOutcome, type Signal } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { askModel, opening, waitOn } from '../ai/ask-model.js';
import { guard } from '../ai/guards.js';
import { formRules } from '../ai/json-answer.js';
import { modelAnswer } from '../ai/model-answer.js';
import { noMemory } from '../ai/not-yet.js';
import { askStructured, readStructured, type StructuredQuestion } from '../ai/structured.js';
import { type AiGenerateConfig, aiGenerateSpec } from './ai-generate.config.js';

const USUAL_REPAIRS = 1;

@Injectable()
@NodeType(aiGenerateSpec)
export class AiGenerateNode extends NodeStrategy {
  override run({ config }: NodeInput<AiGenerateConfig>, context: NodeContext): NodeOutcome {
    noMemory(config);
    const question = questionOf(config);
    if (question !== null) return askStructured(question, context);
    return askModel(config, { messages: opening(config, undefined, config.prompt), answer: 'text' }, context);
  }

  override resume(
    { config }: NodeInput<AiGenerateConfig>,
    context: NodeContext,
    signal: Signal,
    memory: Json | undefined,
  ): NodeOutcome {
    if (signal.type !== 'effect') return waitOn(memory);
    const question = questionOf(config);
    if (question === null) {
      const { text, usage, model } = modelAnswer(signal.result);
      guard(text, config.guards);
      return { kind: 'done', output: { text, usage: { ...usage }, model } };
    }
    const read = readStructured(question, context, signal, memory);
    if ('outcome' in read) return read.outcome;
    guard(JSON.stringify(read.data), config.guards);
    return { kind: 'done', output: { data: read.data, usage: { ...read.usage }, model: read.model } };
  }
}

/** Null when the answer is a text. */
function questionOf(config: AiGenerateConfig): StructuredQuestion | null {
  const { schema, prompt, repairs = USUAL_REPAIRS } = config;
  return schema === undefined ? null : { config, rules: formRules(schema), input: prompt, schema, repairs };
}
