import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { ExpectOf } from './expect.config.js';

/** A number in E.164 form, or undefined when no such number can exist. */
export function readPhone(text: string, { region }: ExpectOf<'phone'>, locale: string): string | undefined {
  const parsed = parsePhoneNumberFromString(text.trim(), {
    defaultCountry: countryOf(region ?? regionOf(locale)),
    extract: false,
  });
  return parsed?.isValid() === true ? parsed.number : undefined;
}

function countryOf(region: string | undefined): CountryCode | undefined {
  return region !== undefined && isSupportedCountry(region) ? region : undefined;
}

function regionOf(locale: string): string | undefined {
  return /[-_]([A-Za-z]{2})\b/.exec(locale)?.[1]?.toUpperCase();
}
