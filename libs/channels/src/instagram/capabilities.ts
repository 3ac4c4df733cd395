import type { ChannelCapabilities } from '@workflows/core';

/** What Instagram messaging carries (developers.facebook.com, Instagram: send a message, September 2026). */
export const INSTAGRAM_CAPABILITIES: ChannelCapabilities = {
  text: { max: 1000, unit: 'bytes' },
  textWithOptions: { max: 1000, unit: 'bytes' },
  options: [{ form: 'quick_replies', max: 13, title: 20, description: 0 }],
  listLabel: 0,
  // A text and a file cannot share a message.
  caption: 0,
  media: ['image', 'video', 'audio', 'document'],
  link: { title: 20, text: 640 },
  location: false,
  templates: false,
  windowHours: 24,
};
