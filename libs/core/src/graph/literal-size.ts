import { scanTemplate } from '../expression/template.js';
import type { ChannelCapabilities } from '../message/capabilities.js';

export type TextLimit = ChannelCapabilities['text'];

/** The size of the literal parts, and whether expressions add to it. Unreadable text is a problem of its own. */
export function literalSize(text: string, unit: TextLimit['unit']): { size: number; computed: boolean } {
  const template = scanTemplate(text);
  if ('error' in template) return { size: 0, computed: true };
  const literal = template.parts.map((part) => (part.kind === 'literal' ? part.text : '')).join('');
  const size = unit === 'bytes' ? new TextEncoder().encode(literal).length : literal.length;
  return { size, computed: template.parts.some((part) => part.kind === 'expression') };
}
