import type { ChannelCapabilities } from './capabilities.js';

export type TextLimit = ChannelCapabilities['text'];

/** Where a text may be cut, the best places first: behind paragraphs, lines, sentences, words. */
const SEAMS = [/\n\s*\n\s*/gu, /\s*\n\s*/gu, /(?<=[.!?…])\s+|(?<=[。！？])/gu, /\s+/gu];

/**
 * Cuts a text into parts that fit: at paragraphs where it can, else at lines, sentences, or words. The last part fits
 * `last` and all before it `each`. Nothing but the white space at a cut is lost. Null when a single word is too long.
 */
export function splitText(text: string, each: TextLimit, last: TextLimit = each): string[] | null {
  const parts: string[] = [];
  let rest = text.trim();
  while (!fits(rest, last)) {
    const cut = cutBefore(rest, each);
    if (cut === null) return null;
    parts.push(rest.slice(0, cut.end));
    rest = rest.slice(cut.resume);
  }
  return [...parts, rest];
}

/** Chars are UTF-16 units, as providers count them at the strictest; bytes are UTF-8. */
export function fits(text: string, limit: TextLimit): boolean {
  const length = limit.unit === 'bytes' ? new TextEncoder().encode(text).length : text.length;
  return length <= limit.max;
}

interface Cut {
  end: number;
  resume: number;
}

/** The last seam before the limit; a better kind of seam only wins where it does not leave a mere crumb. */
function cutBefore(text: string, limit: TextLimit): Cut | null {
  const cuts = SEAMS.map((seam) => lastCut(text, seam, limit)).filter((cut) => cut !== null);
  const full = Math.min(text.length, limit.max) / 4;
  return cuts.find((cut) => cut.end >= full) ?? cuts[0] ?? null;
}

function lastCut(text: string, seam: RegExp, limit: TextLimit): Cut | null {
  let best: Cut | null = null;
  for (const match of text.matchAll(seam)) {
    const cut = { end: match.index, resume: match.index + match[0].length };
    if (cut.end === 0 || cut.resume >= text.length) continue;
    if (!fits(text.slice(0, cut.end), limit)) break;
    best = cut;
  }
  return best;
}
