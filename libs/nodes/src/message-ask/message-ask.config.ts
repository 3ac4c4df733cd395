import { cel, type DataSchema, duration, type NodeShape, type NodeTypeSpec, text } from '@workflows/core';
import { z } from 'zod';
import { attachesOneThing, contentFields, ONE_ATTACHMENT } from '../content/content.config.js';
import { onUnknownConfig } from '../content/sending.config.js';
import { templateFields } from '../message-template/message-template.config.js';
import { expectConfig } from './expect/expect.config.js';
import { valueSchema } from './expect/value-schema.js';

const config = z
  .strictObject({
    ...contentFields,
    template: z.strictObject(templateFields).describe('Prompt with an approved template instead of a text').optional(),
    expect: expectConfig,
    checks: z
      .array(
        z.strictObject({
          when: cel().describe('Condition over "value" that a good answer fulfils'),
          text: text().min(1).describe('What is said when it does not'),
        }),
      )
      .max(20)
      .describe('Further conditions; the first that fails makes the answer invalid')
      .optional(),
    reprompt: z
      .strictObject({
        text: text().min(1).describe('What is said after an invalid answer').optional(),
        max: z
          .number()
          .int()
          .min(0)
          .max(10)
          .describe('Invalid answers that are asked again; the next one leaves by "exhausted"')
          .meta({ default: 2 })
          .optional(),
      })
      .describe('What happens after an invalid answer')
      .optional(),
    early: z
      .enum(['ignore', 'take'])
      .describe('Whether messages that came before the prompt may answer it. By default "take" for kind any, else "ignore"')
      .optional(),
    debounce: duration().describe('Pause after which a burst of messages counts as one answer').optional(),
    onUnknown: onUnknownConfig,
  })
  .refine(attachesOneThing, ONE_ATTACHMENT)
  .refine((ask) => (ask.text === undefined) !== (ask.template === undefined), {
    error: 'Give exactly one of "text" and "template"',
  })
  .refine((ask) => ask.expect.kind !== 'option' || ask.options !== undefined, { error: 'expect.kind "option" needs "options"' });

export type MessageAskConfig = z.infer<typeof config>;

type Shape = NodeShape<MessageAskConfig>;

/** Without any check every message answers an `any`, so nothing can be exhausted. */
function canExhaust({ config: { expect, checks } }: Shape): boolean {
  return expect.kind !== 'any' || (checks ?? []).length > 0;
}

const TEXT: DataSchema = { type: 'string', description: 'What was written, captions included' };
const KIND: DataSchema = { type: 'string', description: 'Kind of the message: text, option, media, location or unsupported' };
const ATTEMPTS: DataSchema = { type: 'integer', description: 'Answers that were given, the last one included' };

export const messageAskSpec: NodeTypeSpec<MessageAskConfig> = {
  type: 'message.ask',
  typeVersion: 1,
  title: 'Ask',
  description: 'Asks the contact and waits for an answer of the expected kind, asking again when it is not.',
  group: 'messages',
  category: 'waiting',
  config,
  hasNext: true,
  ports: (node) => [{ name: 'timeout', required: true }, ...(canExhaust(node) ? [{ name: 'exhausted', required: true }] : [])],
  output: ({ config }) => ({
    type: 'object',
    properties: {
      value: valueSchema(config),
      text: TEXT,
      kind: KIND,
      messages: { type: 'array', items: {} },
      attempts: ATTEMPTS,
    },
    required: ['value', 'text', 'kind', 'messages', 'attempts'],
  }),
  portOutputs: (node): Record<string, DataSchema> =>
    canExhaust(node)
      ? {
          exhausted: {
            type: 'object',
            properties: { text: TEXT, kind: KIND, attempts: ATTEMPTS },
            required: ['text', 'kind', 'attempts'],
          },
        }
      : {},
  primary: 'value',
  // All else is rendered before there is an answer.
  locals: ({ config }, place): Record<string, DataSchema> =>
    /^\/with\/checks\/\d+\/when$/.test(place) ? { value: valueSchema(config) } : {},
};
