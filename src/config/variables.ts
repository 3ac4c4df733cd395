import { z } from 'zod';

/* Kinds of variable. Messages continue the sentence "<NAME> ..." and never repeat the value, which may be a secret. */

export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'is not a whole number')
    .transform(Number)
    .refine((number) => number >= least && number <= most, `is not between ${least} and ${most}`);

export const port = () => wholeNumber(0, 65_535);

export const secret = (least: number) =>
  z
    .string()
    .min(least, `is shorter than ${least} characters`)
    .max(500, 'is longer than 500 characters')
    .regex(/^[\x21-\x7e]+$/, 'has a space or a character outside ASCII');

/** Values separated by commas; every one must fit. */
export const list = (each: z.ZodType<string, string>) => z.string().transform(split).pipe(z.array(each).min(1, 'is empty'));

export const addresses = () =>
  z
    .string()
    .transform(split)
    .pipe(z.array(z.string().regex(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/, 'holds something that is no address and no network')));

export const hosts = () =>
  z
    .string()
    .transform(split)
    .pipe(z.array(z.string().regex(/^(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/i, 'holds something that is no host:port')));

export const switchedOn = () => z.enum(['true', 'false']).transform((text) => text === 'true');

export const webUrl = () =>
  url(['http:', 'https:'], 'is not an http or https address').transform((text) => text.replace(/\/+$/, ''));

export const postgresUrl = () => url(['postgres:', 'postgresql:'], 'is not a postgres address');

export const redisUrl = () => url(['redis:', 'rediss:'], 'is not a redis address');

/** ISO 8601 of days down to seconds; the value is in milliseconds. */
export const duration = (shortest: string, longest: string) =>
  z
    .string()
    .transform((text) => milliseconds(text) ?? Number.NaN)
    .refine((ms) => !Number.isNaN(ms), { message: 'is not an ISO 8601 duration', abort: true })
    .refine(
      (ms) => ms >= (milliseconds(shortest) ?? 0) && ms <= (milliseconds(longest) ?? Infinity),
      `is not between ${shortest} and ${longest}`,
    );

function url(protocols: string[], message: string) {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), message);
}

function split(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function milliseconds(text: string): number | undefined {
  const match = /^P(?=.)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part: string | undefined) => Number(part ?? 0));
  return ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
}
