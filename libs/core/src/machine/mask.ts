import type { Json, JsonObject } from '../json.js';
import { fold } from '../message/fold.js';
import type { ExecutionEvent } from './event.js';

/** Fields of events whose text is the machine's and never a person's. Not looked at inside of what is CONTENT. */
const WORDS = new Set([
  ...['type', 'kind', 'outcome', 'status', 'code', 'port', 'node', 'name', 'trigger', 'executionId', 'messages', 'notify'],
  ...['onUnknown', 'method', 'safety', 'response', 'channel', 'connection', 'mime', 'message', 'do', 'op', 'table'],
]);

/** Fields that hold what people, services or authors of workflows have put there: every text in them may be personal. */
const CONTENT = new Set([
  ...['attributes', 'body', 'contact', 'data', 'details', 'event', 'headers', 'memory', 'option', 'output', 'raw', 'referral'],
  ...['location', 'value'],
]);

/** Fields of states that hold the same. */
const KEPT = new Set(['before', 'fields', 'config', 'item', 'joined', 'rest', 'steps', 'vars']);

/** True: what stands in this field of an event or a state was put there by people, services or authors. */
export const isContent = (key: string): boolean => CONTENT.has(key) || KEPT.has(key);

/** Fields that stay wherever they stand: times are computed with them. */
const ALWAYS = new Set(['locale', 'timezone']);

/** Fields that stay whole: they belong to the tenant. */
const TENANT = new Set(['tenant', 'conversation']);

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A history without personal data that can still be replayed: letters become x and digits become 1, so that an address
 * stays an address and a date a date, and equal texts stay equal. What the document itself says stays (a keyword, the
 * title of a choice), and so do instants and our own ids. Locations are rounded to whole degrees.
 *
 * Other numbers, truth values and the names of fields are kept, because runs branch on them. A run that compares texts
 * with more than the document says may take another path: the caller must replay the result and compare.
 */
export function maskEvents(definitions: readonly JsonObject[], events: readonly ExecutionEvent[]): ExecutionEvent[] {
  const known = knownTexts(definitions);
  const read: (text: string) => ExecutionEvent[] = JSON.parse;
  const plain: (text: string) => Json = JSON.parse;
  return read(JSON.stringify(masked(plain(JSON.stringify(events)), { known, content: false })));
}

/** What the documents themselves say, folded: it is nobody's secret. */
export function knownTexts(definitions: readonly JsonObject[]): ReadonlySet<string> {
  const known = new Set<string>();
  // People in a document's tests may bear the names of people.
  for (const { tests: _tests, ...said } of definitions) collect(said, known);
  return known;
}

/** One field without what it says, numbers included; a field of an event keeps what is the machine's in it. */
export function shapedValue(key: string, value: Json, known: ReadonlySet<string>): Json {
  return masked(value, { known, content: CONTENT.has(key), numbers: true });
}

/** A text without what it says, unless the document says it too. */
export const shapedText = (text: string, known: ReadonlySet<string>): string => (isSafe(text, known) ? text : shapeOf(text));

interface Where {
  /** Folded texts of the document. */
  known: ReadonlySet<string>;
  /** True inside of what people have put there. */
  content: boolean;
  /** True: digits of numbers in content become 1 as well. */
  numbers?: boolean;
}

function masked(value: Json, where: Where): Json {
  if (typeof value === 'string') return isSafe(value, where.known) ? value : shapeOf(value);
  if (typeof value === 'number' && where.numbers && where.content) return Number(String(value).replace(/\d/g, '1'));
  if (Array.isArray(value)) return value.map((item) => masked(item, where));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, field(key, inner, where)]));
}

function field(key: string, value: Json, where: Where): Json {
  if (ALWAYS.has(key)) return value;
  if (!where.content && (TENANT.has(key) || (WORDS.has(key) && typeof value === 'string'))) return value;
  if (key === 'location') return rounded(masked(value, { ...where, content: true }));
  return masked(value, { ...where, content: where.content || isContent(key) });
}

const isSafe = (text: string, known: ReadonlySet<string>): boolean =>
  INSTANT.test(text) || UUID.test(text) || known.has(fold(text));

const shapeOf = (text: string): string =>
  text.replace(/\p{Lu}|\p{L}|\p{N}/gu, (sign) => (/\p{N}/u.test(sign) ? '1' : /\p{Lu}/u.test(sign) ? 'X' : 'x'));

function rounded(value: Json): Json {
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]));
}

/** Texts and names of the document, and the texts that its expressions compare with. */
function collect(value: Json, into: Set<string>): void {
  if (typeof value === 'string') {
    into.add(fold(value));
    for (const [, single, double] of value.matchAll(/'([^']*)'|"([^"]*)"/g)) into.add(fold(single ?? double ?? ''));
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    into.add(fold(key));
    collect(inner, into);
  }
}
