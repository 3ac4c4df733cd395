import { re2 } from '@workflows/core';
import { z } from 'zod';

const isoDate = () => z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'A date as YYYY-MM-DD');

const isPattern = (pattern: string): boolean => {
  try {
    re2(pattern);
    return true;
  } catch {
    return false;
  }
};

/** What counts as an answer (language, section 4.1). */
export const expectConfig = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('text'),
      minLength: z.number().int().min(0).describe('Fewest characters').optional(),
      maxLength: z.number().int().min(1).describe('Most characters').optional(),
      pattern: z
        .string()
        .max(500)
        .refine(isPattern, 'A regular expression in RE2 syntax')
        .describe('RE2 pattern that must be found in the text')
        .optional(),
    }),
    z.strictObject({
      kind: z.literal('number'),
      integer: z.boolean().describe('Only whole numbers').optional(),
      min: z.number().describe('Smallest number').optional(),
      max: z.number().describe('Largest number').optional(),
    }),
    z.strictObject({ kind: z.literal('email') }),
    z.strictObject({
      kind: z.literal('phone'),
      region: z
        .string()
        .regex(/^[A-Z]{2}$/, 'A two-letter country code such as BR')
        .describe("Country of numbers without a country code; by default that of the contact's locale")
        .optional(),
    }),
    z.strictObject({
      kind: z.literal('date'),
      min: isoDate().describe('First day').optional(),
      max: isoDate().describe('Last day').optional(),
    }),
    z.strictObject({ kind: z.literal('option') }),
    z.strictObject({
      kind: z.literal('media'),
      types: z
        .array(z.enum(['image', 'video', 'audio', 'document', 'sticker']))
        .min(1)
        .describe('What is taken; by default everything')
        .optional(),
      maxBytes: z
        .number()
        .int()
        .min(1)
        .describe('Largest file, in bytes; only checked where the channel tells the size')
        .optional(),
    }),
    z.strictObject({ kind: z.literal('location') }),
    z.strictObject({ kind: z.literal('any') }),
  ])
  .describe('What counts as an answer');

export type Expect = z.infer<typeof expectConfig>;
export type ExpectOf<Kind extends Expect['kind']> = Expect & { kind: Kind };
