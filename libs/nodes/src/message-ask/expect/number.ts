import type { ExpectOf } from './expect.config.js';

/** A number as people of a locale write it, or undefined. */
export function readNumber(text: string, { integer, min, max }: ExpectOf<'number'>, locale: string): number | undefined {
  const value = parseNumber(text, locale);
  if (value === undefined || !Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return undefined;
  if (integer === true && !Number.isInteger(value)) return undefined;
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) return undefined;
  return value;
}

/**
 * Reads the locale's decimal mark, and the other one where it can be nothing else: "3.5" is no group of thousands, so
 * it is three and a half in Germany too. "1.234" there is a thousand and more.
 */
export function parseNumber(text: string, locale: string): number | undefined {
  const digits = westernDigits(text.trim())
    .replace(/[\s'’٬]/gu, '')
    .replace(/٫/g, '.');
  const decimal = digits.includes('.') && text.includes('٫') ? '.' : decimalMark(locale);
  const other = decimal === '.' ? ',' : '.';
  if (isPlain(digits, decimal, other)) return Number(digits.replaceAll(other, '').replace(decimal, '.'));
  const bare = new RegExp(`^[+-]?\\d+\\${other}\\d+$`);
  return bare.test(digits) ? Number(digits.replace(other, '.')) : undefined;
}

function isPlain(digits: string, decimal: string, group: string): boolean {
  return new RegExp(`^[+-]?(\\d+|\\d{1,3}(\\${group}\\d{2,3})*\\${group}\\d{3})(\\${decimal}\\d+)?$`).test(digits);
}

function decimalMark(locale: string): string {
  const mark = format(locale)
    .formatToParts(1.5)
    .find(({ type }) => type === 'decimal')?.value;
  return mark === ',' ? ',' : '.';
}

function format(locale: string): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(locale);
  } catch {
    // A contact's locale comes from outside and may be no locale at all.
    return new Intl.NumberFormat('en');
  }
}

/** Digits of any script as 0 to 9. Each script keeps its ten digits in a row, and zero is the one that has none before it. */
function westernDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let zero = code;
    while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return String(code - zero);
  });
}
