import type { ChannelCapabilities } from '@workflows/core';

/** What the Cloud API carries (developers.facebook.com, WhatsApp: messages, September 2026). */
export const WHATSAPP_CAPABILITIES: ChannelCapabilities = {
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
