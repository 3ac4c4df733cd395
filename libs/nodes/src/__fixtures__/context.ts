import type { ChannelCapabilities, InboundMessage } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';

export const NOW = '2026-03-02T17:00:00.000Z';

/** As WhatsApp (language, section 6.1). */
export const WHATSAPP: ChannelCapabilities = {
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

export function contextOf(overrides: Partial<NodeContext> = {}): NodeContext {
  return {
    now: NOW,
    attempt: 1,
    idempotencyKey: 'k'.repeat(32),
    callDepth: 0,
    timeoutMs: 1_800_000,
    interruptible: false,
    contact: { timezone: 'America/Sao_Paulo', locale: 'en' },
    tenant: { timezone: 'UTC', locale: 'en' },
    channel: 'whatsapp',
    capabilities: WHATSAPP,
    evaluate: (source) => {
      throw new Error(`No expression was expected, got ${source}`);
    },
    ...overrides,
  };
}

export function textOf(text: string, overrides: Partial<InboundMessage> = {}): InboundMessage {
  return { id: `m-${text}`, at: NOW, kind: 'text', text, ...overrides };
}
