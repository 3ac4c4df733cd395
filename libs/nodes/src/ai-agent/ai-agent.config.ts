import { type DataSchema, type NodeTypeSpec, text } from '@workflows/core';
import { z } from 'zod';
import { answerOf, answerSchema, guardsConfig, memoryConfig, modelFields, USAGE } from '../ai/model.config.js';
import { mcpConfig, toolLocals, toolsConfig } from '../ai/tool.config.js';

const limitsConfig = z
  .strictObject({
    modelCalls: z.int().min(1).max(100).describe('Most calls of the model').meta({ default: 8 }).optional(),
    toolCalls: z.int().min(0).max(100).describe('Most calls of tools').meta({ default: 10 }).optional(),
    tokens: z.int().min(1).describe('Most tokens in all').optional(),
    costUsd: z.number().min(0).describe('Most that it may cost, in US dollars').optional(),
  })
  .describe('What one visit may use up; behind that it leaves by "limit"')
  .optional();

const config = z.strictObject({
  ...modelFields,
  input: text().min(1).describe('What the contact said'),
  memory: memoryConfig,
  tools: toolsConfig.optional(),
  mcp: mcpConfig.optional(),
  handoff: z.boolean().describe('The model may ask for a person, and leaves by "handoff"').optional(),
  limits: limitsConfig,
  guards: guardsConfig,
  schema: answerSchema.optional(),
});

export type AiAgentConfig = z.infer<typeof config>;

const TOOL_CALL: DataSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    args: {},
    status: { type: 'string', enum: ['done', 'failed', 'rejected'] },
  },
  required: ['name', 'status'],
};

const TEXT: DataSchema = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };

export const aiAgentSpec: NodeTypeSpec<AiAgentConfig> = {
  type: 'ai.agent',
  typeVersion: 1,
  title: 'AI agent',
  description: 'Has a model answer with the help of tools, within limits. It sends nothing: a message node does.',
  group: 'activities',
  category: 'activity',
  config,
  hasNext: true,
  ports: ({ config: { handoff } }) => [
    { name: 'limit', required: true },
    ...(handoff === true ? [{ name: 'handoff', required: true }] : []),
  ],
  output: ({ config: { schema } }) => {
    const { field, type } = answerOf(schema);
    return {
      type: 'object',
      properties: {
        [field]: type,
        usage: USAGE,
        toolCalls: { type: 'array', items: TOOL_CALL },
        finish: { type: 'string', description: 'Why the model stopped' },
      },
      required: [field, 'usage', 'toolCalls', 'finish'],
    };
  },
  portOutputs: ({ config: { handoff } }): Record<string, DataSchema> => ({
    limit: TEXT,
    ...(handoff === true ? { handoff: TEXT } : {}),
  }),
  primaryFor: ({ config: { schema } }) => answerOf(schema).field,
  locals: ({ config: { tools } }, place) => toolLocals(tools, place),
};
