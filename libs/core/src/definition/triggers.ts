import { IANAZone } from 'luxon';
import { z } from 'zod';
import type { Json } from '../json.js';
import { INBOUND_KINDS, STORY_KINDS } from '../message/inbound.js';
import { assignShape } from './common-fields.js';
import { isCron } from './cron.js';
import { dataSchemaShape } from './data-schema-shape.js';
import { durationMs } from './duration.js';
import { cel, duration, text, value } from './kinds.js';
import { ROW_OPERATORS } from '../machine/store.js';
import { NAME_PATTERN, WORKFLOW_ID_PATTERN } from './names.js';
import { unknownComparisons } from './row-conditions.js';

/** Triggers by type (language, section 2). All of the language, whatever of it this engine runs: that is RUNNABLE_TRIGGER_TYPES. */

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
  id: z
    .string()
    .regex(NAME_PATTERN, 'An id of letters, digits and _, starting with a small letter')
    .describe('Unique in the document; expressions know it as event.trigger'),
  when: cel().optional().describe('Condition over event'),
  assign: assignShape.optional().describe('Variables set when the run starts'),
  session: sessionShape.optional().describe('Which events belong to one run'),
};

const keywordFields = {
  keywords: z.array(z.string().min(1)).min(1).optional().describe('Words that start it, compared without case and accents'),
  keywordMatch: z.enum(['exact', 'prefix', 'contains']).optional().describe('How much of the text a keyword is; default exact'),
};

const conversationFields = {
  channels: z.array(channel()).min(1).describe('Channels on which the contact writes'),
  connection: z.string().min(1).optional().describe('Only this account; default: every account of the channels'),
  priority: z.int().optional().describe('Higher first; default 0'),
  interrupts: z.boolean().optional().describe('Starts even while another run has the turn'),
};

const instagramOnly = () => z.array(z.literal('instagram')).length(1).describe('Channels; only instagram has these');

/** Binds a run to a contact, who is created when new. */
const contactShape = z
  .strictObject({
    connection: z.string().min(1).describe("The tenant's account on a channel"),
    address: text().optional().describe('Phone number or user id on the channel'),
    id: text().optional().describe('Id of a known contact'),
    name: text().optional().describe('Name of a contact who is created'),
  })
  .refine((contact) => (contact.address === undefined) !== (contact.id === undefined), 'Give either address or id')
  .describe('Binds each run to a contact');

const authShape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hmac'),
    secret: z.string().min(1).describe('Name of the secret in the tenant'),
    header: z.string().min(1).describe('Header with the signature'),
    algorithm: z.enum(['sha256']).optional().describe('Hash of the signature'),
    encoding: z.enum(['hex', 'base64']).optional().describe('How the signature is written; default hex'),
    prefix: z.string().optional().describe('What stands before the signature, such as sha256='),
    timestampHeader: z.string().min(1).optional().describe('Header with the time of signing, which is signed too'),
    tolerance: duration().optional().describe('Oldest time of signing that is accepted; default PT5M'),
  }),
  z.strictObject({
    type: z.literal('token'),
    secret: z.string().min(1).describe('Name of the secret in the tenant'),
    header: z.string().min(1).describe('Header with the token'),
  }),
  z.strictObject({ type: z.literal('none') }),
]);

/** Longest that the sender of a webhook is kept waiting for the end of its run (language, section 2). */
const MAX_RESPONSE_MS = 30_000;

const responseShape = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('async') }),
  z.strictObject({
    mode: z.literal('sync'),
    timeout: duration()
      .refine((wait) => (durationMs(wait) ?? 0) <= MAX_RESPONSE_MS, 'A response waits PT30S at most')
      .describe('How long the sender waits for the end of the run; at most PT30S'),
  }),
]);

export const channelMessageTrigger = z
  .strictObject({
    type: z.literal('channel.message'),
    ...common,
    ...conversationFields,
    ...keywordFields,
    kinds: z.array(z.enum(INBOUND_KINDS)).min(1).optional().describe('Default: all but reaction and unsupported'),
  })
  .meta({ title: 'Message', description: 'A message that a contact writes.' });

export const webhookTrigger = z
  .strictObject({
    type: z.literal('webhook'),
    ...common,
    auth: authShape.describe('How the sender proves who it is'),
    method: z.enum(['POST', 'GET', 'PUT', 'PATCH', 'DELETE']).optional().describe('Default POST'),
    body: dataSchemaShape.optional().describe('Schema of the body'),
    idempotencyKey: text().optional().describe('Key by which repeats are known; a repeat returns the first run'),
    response: responseShape.optional().describe('What the sender is answered, and when'),
    contact: contactShape.optional(),
  })
  .meta({ title: 'Webhook', description: 'A request to an address of its own, by a sender who proves who it is.' });

export const callTrigger = z
  .strictObject({
    type: z.literal('call'),
    ...common,
    input: dataSchemaShape.optional().describe('Schema of what the caller gives'),
    contact: z.boolean().optional().describe('True: the caller names the contact'),
    window: duration().optional().describe('The least time that the messaging window is still open'),
  })
  .meta({ title: 'Call', description: 'A start by the API, by hand, by a module or by another workflow.' });

export const postbackTrigger = z
  .strictObject({
    type: z.literal('channel.postback'),
    ...common,
    ...conversationFields,
    payloads: z.array(z.string().min(1)).min(1).optional().describe('Exact, or a beginning that ends with *; default: all'),
  })
  .meta({ title: 'Tap', description: 'A tap on a button, a menu or an ice breaker that no run waits for.' });

export const commentTrigger = z
  .strictObject({
    type: z.literal('channel.comment'),
    ...common,
    channels: instagramOnly(),
    media: z.array(z.string().min(1)).min(1).optional().describe('Only comments below these posts; default: below all'),
    ...keywordFields,
  })
  .meta({ title: 'Comment', description: 'A comment below a post of the account.' });

export const storyTrigger = z
  .strictObject({
    type: z.literal('channel.story'),
    ...common,
    channels: instagramOnly(),
    kinds: z.array(z.enum(STORY_KINDS)).min(1).optional().describe('Default: both'),
    ...keywordFields,
  })
  .meta({ title: 'Story', description: 'An answer to a story of the account, or a mention in one of somebody else.' });

export const statusTrigger = z
  .strictObject({
    type: z.literal('channel.status'),
    ...common,
    statuses: z
      .array(z.enum(['delivered', 'read', 'failed']))
      .min(1)
      .optional()
      .describe('What became of a message; default: all'),
  })
  .meta({ title: 'Receipt', description: 'What became of a message: it was delivered, read, or failed.' });

const audienceShape = z
  .strictObject({
    table: z.string().min(1).describe('Table of the tenant; each of its rows that fits starts a run of its own'),
    where: z.record(z.string(), value()).optional().describe('Conditions by column, joined by and'),
    maxRuns: z.int().min(1).describe('Most rows of one slot'),
    perMinute: z.int().min(1).describe('Most runs that are started in a minute'),
  })
  .superRefine(({ where }, context) => {
    for (const { column, operator } of unknownComparisons(where)) {
      const message = `There is no comparison "${operator}"; use ${ROW_OPERATORS.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['where', column, operator], message });
    }
  });

export const scheduleTrigger = z
  .strictObject({
    type: z.literal('schedule'),
    ...common,
    cron: z
      .string()
      .refine(isCron, 'Five cron fields: minute, hour, day of the month, month, day of the week')
      .describe('Minute, hour, day of the month, month, day of the week'),
    timezone: z
      .string()
      .refine((zone) => zone === 'tenant' || IANAZone.isValidZone(zone), 'tenant, or an IANA zone such as America/Sao_Paulo')
      .describe("Whose clock: the tenant's, or that of an IANA zone"),
    catchUp: z
      .enum(['skip', 'latest', 'all'])
      .optional()
      .describe('What happens to slots that were missed; all: at most 100 of them'),
    jitter: duration().optional().describe('Runs start up to so much later; at most half the time between two slots'),
    audience: audienceShape.optional().describe('One run for each row of a table, paced'),
    contact: contactShape.optional(),
  })
  .meta({ title: 'Schedule', description: 'A time, again and again; one run for each slot, or for each row of a table.' });

export const eventTrigger = z
  .strictObject({
    type: z.literal('event'),
    ...common,
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?$/,
        'The name of an event, such as order.paid, or a family such as order.*',
      )
      .describe('Name of the event, or a family such as order.*'),
    data: dataSchemaShape.optional().describe("Schema of the event's data"),
    contact: contactShape.optional(),
  })
  .meta({ title: 'Event', description: 'Something that another workflow, an application or the API tells of.' });

export const finishedTrigger = z
  .strictObject({
    type: z.literal('workflow.finished'),
    ...common,
    workflow: z
      .string()
      .regex(WORKFLOW_ID_PATTERN, 'The id of a workflow')
      .describe('Id of the workflow whose runs are looked at'),
    statuses: z
      .array(z.enum(['completed', 'failed', 'cancelled']))
      .min(1)
      .describe('How its run has ended'),
    output: dataSchemaShape.optional().describe('Schema of what its runs end with'),
    contact: contactShape.optional(),
  })
  .meta({ title: 'End of a run', description: 'The end of a run of another workflow.' });

export const triggerShape = z.discriminatedUnion('type', [
  channelMessageTrigger,
  postbackTrigger,
  commentTrigger,
  storyTrigger,
  statusTrigger,
  webhookTrigger,
  scheduleTrigger,
  eventTrigger,
  callTrigger,
  finishedTrigger,
]);

export type TriggerDefinition = z.infer<typeof triggerShape>;
export type TriggerType = TriggerDefinition['type'];

/** Every trigger type of language 1.0. */
export const LANGUAGE_TRIGGER_TYPES: readonly TriggerType[] = triggerShape.options.map((option) => option.shape.type.value);

/** The shape of one type of trigger; undefined when the language has no such type. */
export function triggerShapeOf(type: Json | undefined): z.ZodObject | undefined {
  return triggerShape.options.find((option) => option.shape.type.value === type);
}
