import { type DataSchema, dataSchemaShape, duration, text } from '@workflows/core';
import { z } from 'zod';

/** Which model answers, and how: the fields that all nodes with a model share (language, section 4.2). */
export const modelFields = {
  model: z.string().min(1).describe("Name of the tenant's model profile: provider, credential, prices, fallbacks"),
  system: text().min(1).describe("What the model is to do; the contact's words do not belong here").optional(),
  temperature: z.number().min(0).max(2).describe('0 answers alike each time, higher values vary').optional(),
  maxOutputTokens: z.int().min(1).max(100_000).describe('Longest answer, in tokens').optional(),
};

export const repairsConfig = z
  .int()
  .min(0)
  .max(3)
  .describe('How often an answer that does not fit the schema is sent back to be repaired')
  .meta({ default: 1 })
  .optional();

export const answerSchema = dataSchemaShape.describe('Schema of the answer; without it the answer is a text');

export const memoryConfig = z
  .strictObject({
    scope: z.enum(['run', 'contact']).describe("Remembers for this run, or for all of the contact's runs"),
    key: text().min(1).describe('Tells memories of one scope apart').optional(),
    messages: z.int().min(1).max(200).describe('Most messages that are remembered').meta({ default: 20 }).optional(),
    tokens: z.int().min(1).max(100_000).describe('Most tokens that are remembered').meta({ default: 3000 }).optional(),
    ttl: duration().describe('Forgets what is older').optional(),
  })
  .describe('What was said before')
  .optional();

export const guardsConfig = z
  .strictObject({
    maxChars: z.int().min(1).max(100_000).describe('Longest answer, in characters').optional(),
    linkHosts: z.array(z.string().min(1)).max(100).describe('The only hosts that links may lead to').optional(),
  })
  .describe('Conditions on the answer; one that breaks them is the error ai.blocked')
  .optional();

export const USAGE: DataSchema = {
  type: 'object',
  description: 'What the answer took',
  properties: {
    inputTokens: { type: 'integer' },
    outputTokens: { type: 'integer' },
    totalTokens: { type: 'integer' },
    costUsd: { type: 'number' },
    calls: { type: 'integer', description: 'Calls of a model' },
  },
  required: ['inputTokens', 'outputTokens', 'totalTokens', 'costUsd', 'calls'],
};

/** `text`, or `data` where the node has a schema of its own: the field that holds the answer, and its type. */
export function answerOf(schema: DataSchema | undefined): { field: 'text' | 'data'; type: DataSchema } {
  return schema === undefined ? { field: 'text', type: { type: 'string' } } : { field: 'data', type: schema };
}
