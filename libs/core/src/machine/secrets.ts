import type { Json } from '../json.js';
import { fold } from '../message/fold.js';
import { isContent } from './mask.js';

/** Shorter ones stand in too many places that have nothing to do with them. */
const SHORTEST = 4;

/** So many can be looked for inside of other texts; above that every text that is not the machine's own is replaced. */
const MOST = 1000;

/** Fields of states and events that are the machine's own, unless they stand in what people or services have put there. */
const MACHINE = new Set([
  ...['type', 'kind', 'outcome', 'status', 'code', 'port', 'node', 'trigger', 'executionId', 'do', 'op', 'method', 'safety'],
  ...['response', 'channel', 'notify', 'onUnknown', 'random', 'step', 'token', 'seq', 'attempt', 'visit', 'timeoutMs'],
  ...['retryAfterMs', 'versionId', 'migration', 'maxBytes', 'bytes'],
]);

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/** Texts and numbers that must not show, wherever they have been copied to. */
export class Secrets {
  private readonly found = new Set<string>();

  /** `known`: folded texts of the document, which are no secrets. */
  constructor(private readonly known: ReadonlySet<string>) {}

  add(value: Json): void {
    if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value);
      if (text.length >= SHORTEST && !INSTANT.test(text) && !this.known.has(fold(text))) this.found.add(text);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach((inner) => this.add(inner));
  }

  /** The value with each secret, and each part of a text that is one, as `shown` has it. */
  replace(value: Json, shown: (text: string) => string): Json {
    if (this.found.size === 0) return value;
    return this.replaceIn(value, { longestFirst: this.longestFirst(), shown, content: false });
  }

  replaceText(text: string, shown: (text: string) => string): string {
    return this.textBy(text, { longestFirst: this.longestFirst(), shown, content: false });
  }

  private longestFirst(): string[] {
    return [...this.found].sort((a, b) => b.length - a.length);
  }

  private replaceIn(value: Json, how: Replacing): Json {
    if (typeof value === 'string') return this.textBy(value, how);
    if (typeof value === 'number') return this.found.has(String(value)) ? shownNumber(value, how.shown) : value;
    if (Array.isArray(value)) return value.map((item) => this.replaceIn(item, how));
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).map(([key, inner]): [string, Json] => {
      if (!how.content && MACHINE.has(key) && typeof inner !== 'object') return [key, inner];
      return [key, this.replaceIn(inner, { ...how, content: how.content || isContent(key) })];
    });
    return Object.fromEntries(fields);
  }

  private textBy(text: string, { longestFirst, shown }: Replacing): string {
    if (this.found.has(text)) return shown(text);
    if (INSTANT.test(text)) return text;
    if (longestFirst.length > MOST) return this.known.has(fold(text)) ? text : shown(text);
    let left = text;
    for (const secret of longestFirst) if (left.includes(secret)) left = left.replaceAll(secret, () => shown(secret));
    return left;
  }
}

interface Replacing {
  longestFirst: readonly string[];
  shown: (text: string) => string;
  /** Inside of what people or services have put there. */
  content: boolean;
}

function shownNumber(value: number, shown: (text: string) => string): Json {
  const text = shown(String(value));
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}
