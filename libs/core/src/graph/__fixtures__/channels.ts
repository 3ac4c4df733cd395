import type { ChannelCapabilities } from '../../message/capabilities.js';
import type { TenantContext } from '../tenant-context.js';

/** The channels of the language, section 6.1, as their adapters describe them. */
const whatsapp: ChannelCapabilities = {
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
};

const instagram: ChannelCapabilities = {
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
};

const webchat: ChannelCapabilities = {
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
};

/** A tenant of whom everything is known that a workflow can name. */
export const TENANT: TenantContext = {
  channels: { whatsapp, instagram, webchat },
  connections: [{ name: 'main', channel: 'whatsapp' }],
  credentials: ['crm-api'],
  secrets: ['hook'],
  templates: [
    { name: 'order_ready', language: 'en', category: 'utility', params: ['first_name', 'order'] },
    { name: 'order_ready', language: 'pt_BR', category: 'utility', params: ['first_name', 'order'] },
    { name: 'come_back', language: 'en', category: 'marketing', params: [] },
    { name: 'lead_follow_up', language: 'en', category: 'marketing', params: ['first_name'] },
  ],
  plan: { maxSteps: 1000, maxDuration: 'P60D', maxSends: 200, maxTokens: 200_000, maxCostUsd: 5 },
};
