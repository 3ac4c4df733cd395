import type { ChannelCapabilities, TenantContext } from '@workflows/core';

/** The channels of the language as its section 6.1 describes them, whichever of them have an adapter here. */
const CHANNELS: Record<string, ChannelCapabilities> = {
  whatsapp: {
    text: { max: 4096, unit: 'chars' },
    textWithOptions: { max: 1024, unit: 'chars' },
    options: [
      { form: 'buttons', max: 3, title: 20, description: 0 },
      { form: 'list', max: 10, title: 24, description: 72 },
    ],
    listLabel: 20,
    caption: 1024,
    media: ['image', 'video', 'audio', 'document', 'sticker'],
    link: { title: 20, text: 1024 },
    location: true,
    templates: true,
    windowHours: 24,
  },
  instagram: {
    text: { max: 1000, unit: 'bytes' },
    textWithOptions: { max: 1000, unit: 'bytes' },
    options: [{ form: 'quick_replies', max: 13, title: 20, description: 0 }],
    listLabel: 0,
    caption: 0,
    media: ['image', 'video', 'audio', 'document'],
    link: { title: 20, text: 640 },
    location: false,
    templates: false,
    windowHours: 24,
  },
  webchat: {
    text: { max: 8000, unit: 'chars' },
    textWithOptions: { max: 8000, unit: 'chars' },
    options: [{ form: 'buttons', max: 20, title: 40, description: 0 }],
    listLabel: 0,
    caption: 8000,
    media: ['image', 'video', 'audio', 'document'],
    link: { title: 40, text: 8000 },
    location: true,
    templates: false,
    windowHours: null,
  },
};

/** A tenant of whom everything is known that a workflow can name. */
export const TENANT: TenantContext = {
  channels: CHANNELS,
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
