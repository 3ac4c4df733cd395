import type { InboundMessage } from './inbound.js';
import type { OutboundMessage } from './outbound.js';

/** One message of a conversation as a person or a model reads it. */
export interface TranscriptLine {
  from: 'contact' | 'workflow';
  text: string;
}

/** How much of a conversation `conversation.transcript` holds (language, section 5.2). */
const MAX_LINES = 30;
const MAX_BYTES = 8 * 1024;

const SPEAKERS = { contact: 'Contact', workflow: 'Assistant' } as const;

/** The lines with one more, without the oldest where there are too many. The lines that are given are not changed. */
export function withLine(lines: readonly TranscriptLine[], line: TranscriptLine): TranscriptLine[] {
  const kept = [...lines, shortened(line)].slice(-MAX_LINES);
  while (bytesOf(transcriptText(kept)) > MAX_BYTES) kept.shift();
  return kept;
}

/** One line for each message, the oldest first: `Contact: Where is my order?`. */
export function transcriptText(lines: readonly TranscriptLine[]): string {
  return lines.map(({ from, text }) => `${SPEAKERS[from]}: ${text}`).join('\n');
}

export function inboundLine({ kind, text, media, location }: InboundMessage): TranscriptLine {
  const what = kind === 'text' || kind === 'option' ? '' : `[${media?.type ?? (location ? 'location' : kind)}]`;
  return { from: 'contact', text: [what, text].filter((part) => part !== '').join(' ') };
}

export function outboundLine(message: OutboundMessage): TranscriptLine {
  if (message.type === 'template') {
    const values = Object.values(message.params).join(', ');
    return { from: 'workflow', text: `[template ${message.name}${values === '' ? '' : `: ${values}`}]` };
  }
  const { text, media, options, link, location, reaction } = message;
  const parts = [
    media && `[${media.type}]`,
    text,
    options && `[${options.map(({ title }) => title).join(' | ')}]`,
    link && `[link ${link.title}]`,
    location && '[location]',
    reaction && `[reaction ${reaction.emoji}]`,
  ];
  return { from: 'workflow', text: parts.filter((part) => part !== undefined && part !== '').join(' ') };
}

/** A single message must not push out all others. */
function shortened({ from, text }: TranscriptLine): TranscriptLine {
  const most = MAX_BYTES / 2;
  if (bytesOf(text) <= most) return { from, text };
  let end = most;
  // A character has at most three bytes for each of its UTF-16 units.
  while (bytesOf(text.slice(0, end)) > most) end = Math.floor(end * 0.9);
  return { from, text: `${text.slice(0, end).replace(/[\uD800-\uDBFF]$/, '')}...` };
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
