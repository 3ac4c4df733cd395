import { type DataSchema, type NodeTypeSpec, text } from '@workflows/core';
import { z } from 'zod';
import { modelFields, USAGE } from '../ai/model.config.js';

const labelId = () => z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'Letters, digits, "_" and "-", at most 64');

const config = z
  .strictObject({
    ...modelFields,
    input: text().min(1).describe('What is to be classified'),
    labels: z
      .record(labelId(), z.string().min(1))
      .describe('The labels with their meanings, for the model')
      .refine((labels) => Object.keys(labels).length >= 2, 'at least two labels are needed to tell something apart'),
    examples: z
      .array(
        z.strictObject({
          text: z.string().min(1).describe('An input'),
          label: z.string().describe('The label that it gets'),
        }),
      )
      .max(50)
      .describe('Inputs with their labels, for the model')
      .optional(),
    minConfidence: z.number().min(0).max(1).describe('An answer that is less sure leaves by "unsure"').optional(),
  })
  .superRefine(({ labels, examples = [] }, context) => {
    for (const [index, { label }] of examples.entries()) {
      if (Object.hasOwn(labels, label)) continue;
      context.addIssue({ code: 'custom', path: ['examples', index, 'label'], message: `'${label}' is none of the labels` });
    }
  });

export type AiClassifyConfig = z.infer<typeof config>;

const outputOf = (labels: Record<string, string>): DataSchema => ({
  type: 'object',
  properties: {
    label: { type: 'string', enum: Object.keys(labels) },
    confidence: { type: 'number', description: 'From 0 to 1' },
    usage: USAGE,
  },
  required: ['label', 'confidence', 'usage'],
});

export const aiClassifySpec: NodeTypeSpec<AiClassifyConfig> = {
  type: 'ai.classify',
  typeVersion: 1,
  title: 'Classify with AI',
  description: 'Has a model choose one of several labels.',
  group: 'activities',
  category: 'activity',
  config,
  hasNext: true,
  ports: ({ config: { minConfidence } }) => (minConfidence === undefined ? [] : [{ name: 'unsure', required: true }]),
  output: ({ config: { labels } }) => outputOf(labels),
  portOutputs: ({ config: { minConfidence, labels } }): Record<string, DataSchema> =>
    minConfidence === undefined ? {} : { unsure: outputOf(labels) },
  primary: 'label',
};
