import type { NodeTypeSpec } from '@workflows/core';
import { z } from 'zod';
import { attachesOneThing, contentFields, ONE_ATTACHMENT, saysSomething, SOMETHING_TO_SAY } from '../content/content.config.js';
import { awaitConfig, onUnknownConfig, SENT } from '../content/sending.config.js';

const config = z
  .strictObject({
    ...contentFields,
    public: z.boolean().describe('Answer below the comment that started the run, for everybody to see; text only').optional(),
    await: awaitConfig
      .describe('Go on when the message is queued, when the provider accepted it, or when it was delivered')
      .meta({ default: 'queued' })
      .optional(),
    onUnknown: onUnknownConfig,
  })
  .refine(attachesOneThing, ONE_ATTACHMENT)
  .refine(saysSomething, SOMETHING_TO_SAY);

export type MessageSendConfig = z.infer<typeof config>;

export const messageSendSpec: NodeTypeSpec<MessageSendConfig> = {
  type: 'message.send',
  typeVersion: 1,
  title: 'Send a message',
  description: 'Says something to the contact. Messages to one contact never overtake each other.',
  group: 'messages',
  category: 'activity',
  config,
  hasNext: true,
  ports: ({ config }) => (config.await === 'delivered' ? [{ name: 'timeout', required: true }] : []),
  output: () => SENT,
  primary: 'messageId',
};
