import { z } from 'zod';
import { GraphError } from './graph-error.js';

/*
 * What POST /{phone-number-id}/messages takes, with Meta's limits (September 2026). Unknown fields are let through, as
 * Meta does.
 */

const text = (max: number) => z.string().min(1).max(max);
const coordinate = z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/)]);
const location = z.object({
  latitude: coordinate,
  longitude: coordinate,
  name: z.string().optional(),
  address: z.string().optional(),
});

const oneSource = { message: 'must have exactly one of id and link' };
const hasOneSource = (media: { id?: string | undefined; link?: string | undefined }) =>
  (media.id === undefined) !== (media.link === undefined);
const source = { id: z.string().min(1).optional(), link: z.url({ protocol: /^https?$/ }).optional() };
const captioned = z
  .object({ ...source, caption: z.string().max(1024).optional(), filename: z.string().optional() })
  .refine(hasOneSource, oneSource);
const bare = z.object({ ...source, caption: z.undefined().optional() }).refine(hasOneSource, oneSource);

const mediaHeader = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: text(60) }),
  z.object({ type: z.literal('image'), image: captioned }),
  z.object({ type: z.literal('video'), video: captioned }),
  z.object({ type: z.literal('document'), document: captioned }),
]);
const footer = z.object({ text: text(60) }).optional();

const button = z.object({ type: z.literal('reply'), reply: z.object({ id: text(256), title: text(20) }) });
const row = z.object({ id: text(200), title: text(24), description: z.string().max(72).optional() });
const section = z.object({ title: text(24).optional(), rows: z.array(row).min(1) });

const interactive = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('button'),
    header: mediaHeader.optional(),
    body: z.object({ text: text(1024) }),
    footer,
    action: z.object({
      buttons: z
        .array(button)
        .min(1)
        .max(3)
        .refine((buttons) => isDistinct(buttons.map(({ reply }) => reply.title)), 'button titles must be unique'),
    }),
  }),
  z.object({
    type: z.literal('list'),
    header: z.object({ type: z.literal('text'), text: text(60) }).optional(),
    body: z.object({ text: text(1024) }),
    footer,
    action: z.object({
      button: text(20),
      sections: z
        .array(section)
        .min(1)
        .max(10)
        .refine((sections) => sections.flatMap(({ rows }) => rows).length <= 10, 'at most 10 rows in total')
        .refine((sections) => isDistinct(sections.flatMap(({ rows }) => rows.map(({ id }) => id))), 'row ids must be unique')
        .refine(
          (sections) => sections.length === 1 || sections.every(({ title }) => title !== undefined),
          'sections need titles',
        ),
    }),
  }),
  z.object({
    type: z.literal('cta_url'),
    header: mediaHeader.optional(),
    body: z.object({ text: text(1024) }),
    footer,
    action: z.object({
      name: z.literal('cta_url'),
      parameters: z.object({ display_text: text(20), url: z.url({ protocol: /^https?$/ }) }),
    }),
  }),
]);

const parameter = z.looseObject({
  type: z.string(),
  parameter_name: z.string().optional(),
  text: text(32_768).optional(),
  payload: z.string().optional(),
});
const component = z.object({
  type: z.enum(['header', 'body', 'button']),
  sub_type: z.enum(['quick_reply', 'url', 'copy_code', 'flow', 'catalog']).optional(),
  index: z.union([z.string().regex(/^\d$/), z.number().int().min(0).max(9)]).optional(),
  parameters: z.array(parameter).default([]),
});
const template = z.object({
  name: text(512),
  language: z.object({ code: text(16) }),
  components: z.array(component).default([]),
});

const content = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.object({ body: text(4096), preview_url: z.boolean().optional() }) }),
  z.object({ type: z.literal('image'), image: captioned }),
  z.object({ type: z.literal('video'), video: captioned }),
  z.object({ type: z.literal('document'), document: captioned }),
  z.object({ type: z.literal('audio'), audio: bare }),
  z.object({ type: z.literal('sticker'), sticker: bare }),
  z.object({ type: z.literal('location'), location }),
  z.object({
    type: z.literal('reaction'),
    reaction: z.object({ message_id: text(512), emoji: z.string() }),
    context: z.undefined().optional(),
  }),
  z.object({ type: z.literal('interactive'), interactive }),
  z.object({ type: z.literal('template'), template }),
]);

const envelope = z.object({
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.literal('individual').default('individual'),
  to: text(200).optional(),
  recipient: text(200).optional(),
  context: z.object({ message_id: text(512) }).optional(),
  biz_opaque_callback_data: z.string().max(512).optional(),
});

const readMark = z.object({
  messaging_product: z.literal('whatsapp'),
  status: z.literal('read'),
  message_id: text(512),
  typing_indicator: z.object({ type: z.literal('text') }).optional(),
});

export type SendContent = z.infer<typeof content>;
export type SendEnvelope = z.infer<typeof envelope>;
export type ReadMarkRequest = z.infer<typeof readMark>;
export type SentTemplate = z.infer<typeof template>;

type GraphRequest = { kind: 'message'; envelope: SendEnvelope; content: SendContent } | { kind: 'read'; mark: ReadMarkRequest };

/** @throws GraphError 100, 131008 or 131009, naming the field */
export function readGraphRequest(body: unknown): GraphRequest {
  if (typeof body !== 'object' || body === null) throw new GraphError(100, 'The body must be a JSON object');
  if ('status' in body) return { kind: 'read', mark: check(readMark, body) };
  // Meta takes a request without a type as text.
  const typed = 'type' in body ? body : { ...body, type: 'text' };
  const checked = check(envelope, typed);
  if (checked.to === undefined && checked.recipient === undefined) throw new GraphError(131008, 'to or recipient is required');
  return { kind: 'message', envelope: checked, content: check(content, typed) };
}

function check<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.join('.') ?? '';
  if (path === 'messaging_product')
    throw new GraphError(100, 'The parameter messaging_product is required and must be "whatsapp"');
  if (path === 'type') throw new GraphError(100, 'The parameter type is not one of the message types');
  const missing = issue?.code === 'invalid_type' && issue.message.endsWith('undefined');
  throw new GraphError(missing ? 131008 : 131009, `Parameter ${path}: ${issue?.message ?? 'not valid'}`);
}

function isDistinct(values: string[]): boolean {
  return new Set(values).size === values.length;
}
