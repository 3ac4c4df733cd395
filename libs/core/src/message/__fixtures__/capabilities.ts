import type { ChannelCapabilities } from '../capabilities.js';

/** As WhatsApp, but small enough to overflow by hand. */
export const SMALL: ChannelCapabilities = {
  text: { max: 40, unit: 'chars' },
  textWithOptions: { max: 20, unit: 'chars' },
  options: [
    { form: 'buttons', max: 3, title: 10, description: 0 },
    { form: 'list', max: 5, title: 12, description: 20 },
  ],
  listLabel: 8,
  caption: 15,
  media: ['image', 'audio'],
  link: { title: 10, text: 30 },
  location: true,
  templates: true,
  windowHours: 24,
};
