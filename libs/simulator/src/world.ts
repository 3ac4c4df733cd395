import {
  type ChannelCapabilities,
  type CompiledGraph,
  type CompiledTrigger,
  type ContactChange,
  type DataSchema,
  durationMs,
  type ExecutionContext,
  plusMs,
  type WorkflowTest,
} from '@workflows/core';
import { z } from 'zod';
import { Tables } from './tables.js';
import { failed, pointer, TestStopped } from './test-problem.js';

const HOUR_MS = 3_600_000;

const contactShape = z.strictObject({
  id: z.string().default('contact-1'),
  name: z.string().default(''),
  firstName: z.string().optional(),
  locale: z.string().min(1).default('en'),
  timezone: z.string().refine(isTimezone, 'No IANA time zone, such as America/Sao_Paulo').default('UTC'),
  optedOut: z.boolean().default(false),
  tags: z.array(z.string()).default([]),
  attributes: z.record(z.string(), z.json()).default({}),
});

/** The tenant, the contact and the conversation around a run in a test. */
export interface World {
  /** Virtual time at which the test begins, ISO 8601 in UTC. */
  now: string;
  trigger: CompiledTrigger;
  /** Null: the run has no conversation. */
  conversation: { channel: string; connection: string; capabilities: ChannelCapabilities } | null;
  /** When the contact last wrote before the test, or null. */
  lastInboundAt: string | null;
  tables: Tables;
  /** The version that the contact has then. */
  changeContact(change: ContactChange): number;
  context(lastInboundAt: string | null): ExecutionContext;
}

/** Builds the world that `given` describes. Throws TestStopped where it cannot be. */
export function worldOf(
  graph: CompiledGraph,
  test: WorkflowTest,
  path: string,
  channels: Record<string, ChannelCapabilities>,
  tables: Record<string, DataSchema> = {},
): World {
  const { given } = test;
  const trigger = graph.triggers[given.trigger];
  if (trigger === undefined) {
    throw stopped(
      pointer(path, 'trigger'),
      `The workflow has no trigger '${given.trigger}'.`,
      `Its triggers: ${Object.keys(graph.triggers).join(', ')}.`,
    );
  }
  const now = instantOf(given.now, pointer(path, 'now'));
  let contact = contactOf(given.contact, path);
  let versions = 1;
  const talks =
    trigger.type.startsWith('channel.') || given.contact !== undefined || given.channel !== undefined || bindsContact(trigger);
  const conversation = talks ? conversationOf(trigger, given.channel, path, channels) : null;
  return {
    now,
    trigger,
    conversation,
    tables: new Tables(given.tables ?? {}, tables),
    changeContact: (change) => {
      versions += 1;
      contact = changed(contact, change);
      return versions;
    },
    lastInboundAt: conversation === null ? null : lastWrittenAt(trigger, conversation.capabilities, now),
    context: (lastInboundAt) => ({
      ...(conversation === null
        ? {}
        : {
            contact,
            conversation: {
              id: 'conversation-1',
              channel: conversation.channel,
              connection: conversation.connection,
              lastInboundAt,
              windowHours: conversation.capabilities.windowHours,
            },
          }),
      tenant: { id: 'tenant-1', name: 'Test tenant', timezone: 'UTC', locale: 'en', settings: given.settings ?? {} },
    }),
  };
}

/** A time of the test in UTC. Without an offset it would be another time on each machine, so it is refused. */
export function instantOf(text: string, path: string): string {
  if (/(?:Z|[+-]\d\d:\d\d)$/i.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw stopped(path, `'${text}' is no time with an offset.`, 'Write it like 2026-03-02T14:00:00-03:00.');
}

function conversationOf(
  trigger: CompiledTrigger,
  wanted: string | undefined,
  path: string,
  channels: Record<string, ChannelCapabilities>,
): World['conversation'] {
  const listed = stringsIn(trigger.definition['channels']);
  const channel = wanted ?? listed[0] ?? Object.keys(channels)[0] ?? '';
  const at = pointer(path, 'channel');
  if (listed.length > 0 && !listed.includes(channel))
    throw stopped(at, `The trigger '${trigger.id}' does not listen on '${channel}'.`, `Its channels: ${listed.join(', ')}.`);
  const capabilities = Object.hasOwn(channels, channel) ? channels[channel] : undefined;
  if (capabilities === undefined)
    throw stopped(at, `This engine has no channel '${channel}'.`, `It has: ${Object.keys(channels).join(', ')}.`);
  const { connection } = trigger.definition;
  return { channel, connection: typeof connection === 'string' ? connection : 'test', capabilities };
}

/** A trigger of type `call` promises how long the window is open at least; no other one knows that the contact ever wrote. */
function lastWrittenAt(trigger: CompiledTrigger, { windowHours }: ChannelCapabilities, now: string): string | null {
  const { window } = trigger.definition;
  const open = typeof window === 'string' ? durationMs(window) : undefined;
  return open === undefined || windowHours === null ? null : plusMs(now, open - windowHours * HOUR_MS);
}

type Contact = NonNullable<ExecutionContext['contact']>;

function contactOf(given: WorkflowTest['given']['contact'], path: string): Contact {
  const parsed = contactShape.safeParse(given ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw stopped(
      pointer(path, 'contact', ...(issue?.path.map(String) ?? [])),
      issue?.message ?? 'The contact is wrong.',
      `A contact has: ${Object.keys(contactShape.shape).join(', ')}.`,
    );
  }
  const { firstName, ...contact } = parsed.data;
  return { ...contact, firstName: firstName ?? contact.name.trim().split(/\s+/)[0] ?? '' };
}

/** As the database changes it. */
function changed(contact: Contact, { set, attributes, addTags, removeTags, optOut }: ContactChange): Contact {
  const merged = Object.entries({ ...contact.attributes, ...attributes }).filter(([, value]) => value !== null);
  const name = set.name ?? contact.name;
  return {
    ...contact,
    name,
    firstName: set.name === undefined ? contact.firstName : (name.trim().split(/\s+/)[0] ?? ''),
    locale: set.locale === undefined ? contact.locale : (set.locale ?? 'en'),
    timezone: set.timezone === undefined ? contact.timezone : (set.timezone ?? 'UTC'),
    optedOut: optOut ?? contact.optedOut,
    tags: [...new Set([...contact.tags, ...addTags])].filter((tag) => !removeTags.includes(tag)),
    attributes: Object.fromEntries(merged),
  };
}

function bindsContact(trigger: CompiledTrigger): boolean {
  const { contact } = trigger.definition;
  return contact !== undefined && contact !== false;
}

function stringsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function stopped(path: string, message: string, hint: string): TestStopped {
  return new TestStopped(failed(path, message, { hint }));
}
