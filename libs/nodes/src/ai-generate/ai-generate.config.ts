import { type NodeTypeSpec, text } from '@workflows/core';
import { z } from 'zod';
import { answerOf, answerSchema, guardsConfig, memoryConfig, modelFields, repairsConfig, USAGE } from '../ai/model.config.js';

const config = z.strictObject({
  ...modelFields,
  prompt: text().min(1).describe('What the model is asked'),
  memory: memoryConfig,
  schema: answerSchema.optional(),
  repairs: repairsConfig,
  guards: guardsConfig,
});

export type AiGenerateConfig = z.infer<typeof config>;

export const aiGenerateSpec: NodeTypeSpec<AiGenerateConfig> = {
  type: 'ai.generate',
  typeVersion: 1,
  title: 'Generate with AI',
  description: 'Has a model write a text, or an object of a given schema.',
  group: 'activities',
  category: 'activity',
  config,
  hasNext: true,
  ports: () => [],
  output: ({ config: { schema } }) => {
    const { field, type } = answerOf(schema);
    return {
      type: 'object',
      properties: { [field]: type, usage: USAGE, model: { type: 'string', description: 'The model that answered' } },
      required: [field, 'usage', 'model'],
    };
  },
  primaryFor: ({ config: { schema } }) => answerOf(schema).field,
};
