import { type DataSchema, dataSchemaShape, type NodeTypeSpec, text } from '@workflows/core';
import { z } from 'zod';
import { modelFields, repairsConfig, USAGE } from '../ai/model.config.js';

const config = z.strictObject({
  ...modelFields,
  input: text().min(1).describe('What the data is taken from'),
  instructions: text().min(1).describe('What to look for, for the model').optional(),
  schema: dataSchemaShape.describe('Schema of the data; the descriptions in it are for the model'),
  repairs: repairsConfig,
});

export type AiExtractConfig = z.infer<typeof config>;

/** Something can be missing only where something is required. */
function canBeIncomplete({ required }: DataSchema): boolean {
  return required !== undefined && required.length > 0;
}

export const aiExtractSpec: NodeTypeSpec<AiExtractConfig> = {
  type: 'ai.extract',
  typeVersion: 1,
  title: 'Extract with AI',
  description: 'Has a model take data of a given schema out of a text.',
  group: 'activities',
  category: 'activity',
  config,
  hasNext: true,
  ports: ({ config: { schema } }) => (canBeIncomplete(schema) ? [{ name: 'incomplete', required: true }] : []),
  output: ({ config: { schema } }) => ({
    type: 'object',
    properties: { data: schema, usage: USAGE },
    required: ['data', 'usage'],
  }),
  portOutputs: ({ config: { schema } }): Record<string, DataSchema> =>
    canBeIncomplete(schema)
      ? {
          incomplete: {
            type: 'object',
            properties: { missing: { type: 'array', items: { type: 'string', enum: schema.required } } },
            required: ['missing'],
          },
        }
      : {},
  primary: 'data',
};
