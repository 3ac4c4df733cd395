import type { Environment } from '@marcbachmann/cel-js';
import { terminal } from '../../failure.js';

export function registerNumberFunctions(environment: Environment): void {
  environment
    .registerFunction('round(double, int): double', { async: false, handler: round })
    .registerFunction('round(int, int): int', { async: false, handler: (whole: bigint) => whole })
    .registerFunction('formatNumber(double, string): string', { async: false, handler: formatNumber })
    .registerFunction('formatNumber(int, string): string', { async: false, handler: formatNumber })
    .registerFunction('formatMoney(double, string, string): string', { async: false, handler: formatMoney })
    .registerFunction('formatMoney(int, string, string): string', { async: false, handler: formatMoney });
}

/** Rounds halves away from zero, on the decimal form that people see: 1.005 to two places is 1.01. */
function round(value: number, places: bigint): number {
  const digits = Number(places);
  if (digits < 0 || digits > 15) throw terminal('expr.failed', 'round() takes 0 to 15 decimal places.');
  const [mantissa, exponent = '0'] = String(Math.abs(value)).split('e');
  const shifted = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`));
  return Math.sign(value) * Number(`${shifted}e-${digits}`);
}

function formatNumber(value: number | bigint, locale: string): string {
  return formatter(locale, {}).format(value);
}

function formatMoney(value: number | bigint, currency: string, locale: string): string {
  return formatter(locale, { style: 'currency', currency }).format(value);
}

const formatters = new Map<string, Intl.NumberFormat>();

/** Building a formatter costs a hundred times more than using it. */
function formatter(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}|${options.currency ?? ''}`;
  let format = formatters.get(key);
  if (!format) {
    try {
      format = new Intl.NumberFormat(locale, options);
    } catch {
      throw terminal('expr.failed', 'A locale or a currency is not known. Locales look like pt-BR, currencies like BRL.');
    }
    if (formatters.size >= 200) formatters.clear();
    formatters.set(key, format);
  }
  return format;
}
