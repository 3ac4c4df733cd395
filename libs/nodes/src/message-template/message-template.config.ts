import { type NodeTypeSpec, text } from '@workflows/core';
import { z } from 'zod';
import { locationConfig, mediaConfig } from '../content/content.config.js';
import { awaitConfig, onUnknownConfig, SENT } from '../content/sending.config.js';

/** A template as a document names it; `message.ask` can prompt with one too. */
export const templateFields = {
  name: z.string().min(1).describe('Name of the approved template'),
  language: text().min(1).describe('Language under which it was approved, such as en or pt_BR'),
  category: z.enum(['marketing', 'utility', 'authentication']).describe('Category under which it was approved'),
  params: z.record(z.string(), text()).describe("Values by parameter name, or by position '1', '2', ...").optional(),
  header: z
    .strictObject({
      media: mediaConfig.describe('Media of the header').optional(),
      location: locationConfig.describe('Place of the header').optional(),
    })
    .refine((header) => (header.media === undefined) !== (header.location === undefined), {
      error: 'Give exactly one of "media" and "location"',
    })
    .describe('What the header shows, where the template has one for media or a place')
    .optional(),
  buttons: z
    .array(
      z.strictObject({
        payload: text().describe('What a tap on this quick reply brings back').optional(),
        urlSuffix: text().describe('What is appended to the address of this link').optional(),
        code: text().describe('Code that this button copies').optional(),
      }),
    )
    .max(10)
    .describe('Values of the buttons, in their order in the template')
    .optional(),
};

const config = z.strictObject({
  ...templateFields,
  await: awaitConfig
    .describe('Go on when the message is queued, when the provider accepted it, or when it was delivered')
    .meta({ default: 'accepted' })
    .optional(),
  onUnknown: onUnknownConfig,
});

export type MessageTemplateConfig = z.infer<typeof config>;

export const messageTemplateSpec: NodeTypeSpec<MessageTemplateConfig> = {
  type: 'message.template',
  typeVersion: 1,
  title: 'Send a template',
  description: 'Sends a message that the provider has approved, also when the contact has not written for a day.',
  group: 'messages',
  category: 'activity',
  config,
  hasNext: true,
  ports: ({ config }) => (config.await === 'delivered' ? [{ name: 'timeout', required: true }] : []),
  output: () => SENT,
  primary: 'messageId',
};
