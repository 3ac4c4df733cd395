import type { DataSchema } from '@workflows/core';
import { z } from 'zod';

export const onUnknownConfig = z
  .enum(['resend', 'hold'])
  .describe('When a send got no answer and no receipt settles it: send again, or hold it for a person')
  .meta({ default: 'resend' })
  .optional();

export const awaitConfig = z.enum(['queued', 'accepted', 'delivered']);

export const SENT: DataSchema = {
  type: 'object',
  properties: {
    messageId: { type: 'string', description: "The provider's id of the message; '' while it is only queued" },
    status: { type: 'string', enum: ['queued', 'accepted', 'delivered', 'read', 'played'] },
  },
  required: ['messageId', 'status'],
};
