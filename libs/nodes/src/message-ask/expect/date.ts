import { DateTime } from 'luxon';
import type { ExpectOf } from './expect.config.js';

type Part = 'day' | 'month' | 'year';

/** Two digits of a year below this mean 20xx, from it on 19xx. */
const PIVOT = 70;

/** A day as `YYYY-MM-DD`: ISO, or three numbers in the order of the locale. Undefined when there is no such day. */
export function readDate(text: string, { min, max }: ExpectOf<'date'>, locale: string): string | undefined {
  const day = parseDate(text.trim(), locale);
  if (day === undefined || (min !== undefined && day < min) || (max !== undefined && day > max)) return undefined;
  return day;
}

function parseDate(text: string, locale: string): string | undefined {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text);
  if (iso !== null) return existing({ year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) });
  const numbers = /^(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})$/.exec(text)?.slice(1);
  if (numbers === undefined) return undefined;
  const parts = { day: 0, month: 0, year: 0 };
  orderOf(locale).forEach((part, index) => {
    parts[part] = part === 'year' ? fullYear(numbers[index] ?? '') : Number(numbers[index]);
  });
  return existing(parts);
}

function existing(parts: Record<Part, number>): string | undefined {
  const date = DateTime.fromObject(parts, { zone: 'utc' });
  return date.isValid && parts.year >= 1900 && parts.year <= 2999 ? date.toISODate() : undefined;
}

function fullYear(text: string): number {
  const year = Number(text);
  if (text.length !== 2) return year;
  return year < PIVOT ? 2000 + year : 1900 + year;
}

function orderOf(locale: string): Part[] {
  const isPart = (type: string): type is Part => type === 'day' || type === 'month' || type === 'year';
  const sample = new Date(Date.UTC(2026, 10, 23));
  return formatter(locale)
    .formatToParts(sample)
    .flatMap(({ type }) => (isPart(type) ? [type] : []));
}

function formatter(locale: string): Intl.DateTimeFormat {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit', calendar: 'gregory', timeZone: 'UTC' } as const;
  try {
    return new Intl.DateTimeFormat(locale, options);
  } catch {
    return new Intl.DateTimeFormat('en-GB', options);
  }
}
