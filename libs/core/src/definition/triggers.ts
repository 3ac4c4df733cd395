import { z } from 'zod';
import { INBOUND_KINDS } from '../message/inbound.js';
import { assignShape } from './common-fields.js';
import { dataSchemaShape } from './data-schema-shape.js';
import { durationMs } from './duration.js';
import { cel, duration, text, value } from './kinds.js';
import { NAME_PATTERN, WORKFLOW_ID_PATTERN } from './names.js';

/** Triggers by type (language, section 2). All of the language, so that later engines add behaviour and not shape. */

const channel = () => z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'A channel, such as whatsapp');

const sessionShape = z.strictObject({
  key: text().optional().describe('"contact" or a text; events with the same key belong to one run'),
  onActive: z
    .enum(['resume', 'restart', 'ignore', 'queue'])
    .optional()
    .describe('What an event does while a run with its key is alive'),
  debounce: duration().optional().describe('Events closer than this become one'),
  maxDebounce: duration().optional().describe('Longest time that events are gathered'),
});

const common = {
  id: z.string().regex(NAME_PATTERN, 'An id of letters, digits and _, starting with a small letter'),
  when: cel().optional().describe('Condition over event'),
  assign: assignShape.optional().describe('Variables set when the run starts'),
  session: sessionShape.optional(),
};

const keywordFields = {
  keywords: z.array(z.string().min(1)).min(1).optional(),
  keywordMatch: z.enum(['exact', 'prefix', 'contains']).optional(),
};

const conversationFields = {
  channels: z.array(channel()).min(1),
  connection: z.string().min(1).optional().describe('Only this account; default: every account of the channels'),
  priority: z.int().optional().describe('Higher first; default 0'),
  interrupts: z.boolean().optional().describe('Starts even while another run has the turn'),
};

const instagramOnly = z.array(z.literal('instagram')).length(1);

/** Binds a run to a contact, who is created when new. */
const contactShape = z
  .strictObject({
    connection: z.string().min(1),
    address: text().optional().describe('Phone number or user id on the channel'),
    id: text().optional().describe('Id of a known contact'),
    name: text().optional(),
  })
  .refine((contact) => (contact.address === undefined) !== (contact.id === undefined), 'Give either address or id');

const authShape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hmac'),
    secret: z.string().min(1).describe('Name of the secret in the tenant'),
    header: z.string().min(1),
    algorithm: z.enum(['sha256']).optional(),
    encoding: z.enum(['hex', 'base64']).optional(),
    prefix: z.string().optional(),
    timestampHeader: z.string().min(1).optional(),
    tolerance: duration().optional(),
  }),
  z.strictObject({ type: z.literal('token'), secret: z.string().min(1), header: z.string().min(1) }),
  z.strictObject({ type: z.literal('none') }),
]);

/** Longest that the sender of a webhook is kept waiting for the end of its run (language, section 2). */
const MAX_RESPONSE_MS = 30_000;

const responseShape = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('async') }),
  z.strictObject({
    mode: z.literal('sync'),
    timeout: duration().refine((wait) => (durationMs(wait) ?? 0) <= MAX_RESPONSE_MS, 'A response waits PT30S at most'),
  }),
]);

export const channelMessageTrigger = z.strictObject({
  type: z.literal('channel.message'),
  ...common,
  ...conversationFields,
  ...keywordFields,
  kinds: z.array(z.enum(INBOUND_KINDS)).min(1).optional().describe('Default: all but reaction and unsupported'),
});

export const webhookTrigger = z.strictObject({
  type: z.literal('webhook'),
  ...common,
  auth: authShape,
  method: z.enum(['POST', 'GET', 'PUT', 'PATCH', 'DELETE']).optional(),
  body: dataSchemaShape.optional(),
  idempotencyKey: text().optional(),
  response: responseShape.optional(),
  contact: contactShape.optional(),
});

export const callTrigger = z.strictObject({
  type: z.literal('call'),
  ...common,
  input: dataSchemaShape.optional(),
  contact: z.boolean().optional().describe('True: the caller names the contact'),
  window: duration().optional().describe('The least time that the messaging window is still open'),
});

const laterTriggers = [
  z.strictObject({
    type: z.literal('channel.postback'),
    ...common,
    ...conversationFields,
    payloads: z.array(z.string().min(1)).min(1).optional(),
  }),
  z.strictObject({
    type: z.literal('channel.comment'),
    ...common,
    channels: instagramOnly,
    media: z.array(z.string()).optional(),
    ...keywordFields,
  }),
  z.strictObject({
    type: z.literal('channel.story'),
    ...common,
    channels: instagramOnly,
    kinds: z
      .array(z.enum(['reply', 'mention']))
      .min(1)
      .optional(),
    ...keywordFields,
  }),
  z.strictObject({
    type: z.literal('channel.status'),
    ...common,
    statuses: z
      .array(z.enum(['delivered', 'read', 'failed']))
      .min(1)
      .optional(),
  }),
  z.strictObject({
    type: z.literal('schedule'),
    ...common,
    cron: z.string().regex(/^\S+( \S+){4}$/, 'Five cron fields'),
    timezone: z.string().min(1),
    catchUp: z.enum(['skip', 'latest', 'all']).optional(),
    jitter: duration().optional(),
    audience: z
      .strictObject({ table: z.string().min(1), where: value().optional(), maxRuns: z.int().min(1), perMinute: z.int().min(1) })
      .optional(),
    contact: contactShape.optional(),
  }),
  z.strictObject({
    type: z.literal('event'),
    ...common,
    name: z.string().min(1),
    data: dataSchemaShape.optional(),
    contact: contactShape.optional(),
  }),
  z.strictObject({
    type: z.literal('workflow.finished'),
    ...common,
    workflow: z.string().regex(WORKFLOW_ID_PATTERN),
    statuses: z.array(z.enum(['completed', 'failed', 'cancelled'])).min(1),
    output: dataSchemaShape.optional(),
    contact: contactShape.optional(),
  }),
] as const;

export const triggerShape = z.discriminatedUnion('type', [channelMessageTrigger, webhookTrigger, callTrigger, ...laterTriggers]);

export type RunnableTrigger =
  z.infer<typeof channelMessageTrigger> | z.infer<typeof webhookTrigger> | z.infer<typeof callTrigger>;

/** Every trigger type of language 1.0. */
export const LANGUAGE_TRIGGER_TYPES: readonly string[] = triggerShape.options.map((option) => option.shape.type.value);
