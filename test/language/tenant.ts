import type { TenantContext } from '@workflows/core';
import { standardChannels } from '@workflows/simulator';

/** A tenant of whom everything is known that a workflow can name. */
export const TENANT: TenantContext = {
  channels: standardChannels(),
  connections: [{ name: 'main', channel: 'whatsapp' }],
  credentials: ['crm-api'],
  secrets: ['hook'],
  tables: {
    customers: {
      type: 'object',
      required: ['phone', 'name'],
      properties: { phone: { type: 'string' }, name: { type: 'string' }, plan: { type: 'string' }, points: { type: 'integer' } },
    },
  },
  models: ['default'],
  servers: ['stock'],
  queues: ['finance', 'support'],
  workflows: ['lead-capture'],
  templates: [
    { name: 'order_ready', language: 'en', category: 'utility', params: ['first_name', 'order'] },
    { name: 'come_back', language: 'en', category: 'marketing', params: [] },
    { name: 'lead_follow_up', language: 'en', category: 'marketing', params: ['first_name'] },
  ],
  settings: { type: 'object', required: ['closing'], properties: { closing: { type: 'string' } } },
  attributes: { type: 'object', required: ['points'], properties: { points: { type: 'integer' } } },
  plan: { maxSteps: 1000, maxDuration: 'P60D', maxSends: 200, maxTokens: 200_000, maxCostUsd: 5 },
};
