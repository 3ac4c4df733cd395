import { z } from 'zod';

/** Bodies and queries of the control API. */

/** What every account has, whose webhooks go somewhere. */
export const accountFields = {
  accessToken: z.string().min(1),
  appSecret: z.string().min(1),
  verifyToken: z.string().min(1).default('verify'),
  callbackUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
};

export const numberRequest = z.strictObject({
  ...accountFields,
  displayPhoneNumber: z.string().min(1).default('+1 555 010 0000'),
  wabaId: z.string().min(1).default('100000000000001'),
  /** True: the callback is not asked to prove itself, for example because it starts later. */
  skipHandshake: z.boolean().default(false),
});

export const templateRequest = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'a template name holds lower-case letters, digits and _'),
  language: z.string().min(2).max(16),
  category: z.enum(['marketing', 'utility', 'authentication']),
  body: z.string().min(1).max(1024),
  quickReplies: z.array(z.string().min(1).max(25)).max(10).default([]),
});

const media = z.strictObject({
  type: z.enum(['image', 'video', 'audio', 'document', 'sticker']),
  mime: z.string().min(1).optional(),
  caption: z.string().optional(),
  filename: z.string().optional(),
  /** The bytes, in base64; a few of the emulator's own without it. */
  base64: z.base64().optional(),
});

/** One message of a customer: exactly one of text, tap, media, location, reaction and raw. */
export const customerMessageRequest = z
  .strictObject({
    /** May be left out while one number is registered. */
    phoneNumberId: z.string().min(1).optional(),
    /** Profile name, remembered. */
    name: z.string().min(1).optional(),
    /** Business-scoped user id, remembered; `US.<wa_id>` without it. */
    userId: z.string().min(1).optional(),
    /** True: the customer has a username, and webhooks carry no phone number. Remembered. */
    hidesPhone: z.boolean().optional(),
    text: z.string().min(1).max(4096).optional(),
    /** Taps what a message of the business offers: the newest one that has it, or the one named. */
    tap: z.strictObject({ option: z.string().min(1), messageId: z.string().optional() }).optional(),
    media: media.optional(),
    location: z
      .strictObject({ latitude: z.number(), longitude: z.number(), name: z.string().optional(), address: z.string().optional() })
      .optional(),
    reaction: z.strictObject({ messageId: z.string().min(1), emoji: z.string() }).optional(),
    /** Fields of the message object as they stand, `type` included. */
    raw: z.record(z.string(), z.unknown()).optional(),
    /** Id of the message that this one quotes. */
    quote: z.string().optional(),
    referral: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(
    ({ text, tap, media: file, location, reaction, raw }) =>
      [text, tap, file, location, reaction, raw].filter((part) => part !== undefined).length === 1,
    'give exactly one of text, tap, media, location, reaction and raw',
  );

export const faultRequest = z.strictObject({
  kind: z.enum([
    'drop_before_accept',
    'accept_then_drop',
    'error',
    'delay',
    'statuses_off',
    'statuses_late',
    'duplicate_webhooks',
  ]),
  count: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
  code: z.int().optional(),
  delayMs: z.int().min(0).optional(),
  phoneNumberId: z.string().optional(),
});

export const clockRequest = z.strictObject({ advanceMs: z.int().min(0) });

export const resetRequest = z.strictObject({ keepNumbers: z.boolean().default(false) });

const wholeNumber = z.coerce.number().int().min(0);

export const ledgerQuery = z.strictObject({
  after: wholeNumber.optional(),
  phoneNumberId: z.string().optional(),
  waId: z.string().optional(),
  effectRef: z.string().optional(),
  limit: wholeNumber.max(10_000).optional(),
  /** Waits this long for an entry when there is none yet. */
  waitMs: wholeNumber.max(60_000).default(0),
});

export const idleQuery = z.strictObject({ waitMs: wholeNumber.max(60_000).default(10_000) });

/** What the callers of EmulatorClient write: the same shapes before their defaults. */
export type NumberRequest = z.input<typeof numberRequest>;
export type TemplateRequest = z.input<typeof templateRequest>;
export type CustomerMessageRequest = z.input<typeof customerMessageRequest>;
export type LedgerQuery = {
  after?: number;
  phoneNumberId?: string;
  waId?: string;
  effectRef?: string;
  limit?: number;
  waitMs?: number;
};
