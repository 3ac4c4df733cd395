import type { ChannelCapabilities } from '@workflows/core';

/** What the page of a web chat shows. There is no window: whoever has the page open is there. */
export const WEBCHAT_CAPABILITIES: ChannelCapabilities = {
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
