import { isObject } from '../expression/convert.js';
import type { ChannelCapabilities } from '../message/capabilities.js';
import type { KnownValues } from './conditions.js';
import { hasContact, type Outline, type OutlineTrigger } from './outline.js';
import type { TenantContext } from './tenant-context.js';

/** The runs that one trigger starts with contacts of one channel: what can be proved differs between them. */
export interface Origin {
  trigger: OutlineTrigger;
  /** Null: the runs have no contact, or nobody can say on which channel they have one. */
  channel: { name: string; capabilities: ChannelCapabilities } | null;
  /** What every expression of these runs reads as the same value. */
  known: KnownValues;
}

/** All origins of a document. Triggers that are wrong or do not run here start nothing that could be judged. */
export function originsOf(outline: Outline, context: TenantContext): Origin[] {
  return outline.triggers.flatMap((trigger): Origin[] => {
    if (!trigger.definition) return [];
    if (!hasContact(trigger)) return [originOf(trigger, undefined, context)];
    const names = channelNames(trigger, context);
    return names.length === 0 ? [originOf(trigger, undefined, context)] : names.map((name) => originOf(trigger, name, context));
  });
}

function originOf(trigger: OutlineTrigger, name: string | undefined, context: TenantContext): Origin {
  const capabilities = name === undefined ? undefined : capabilitiesOf(name, context);
  const connection = connectionName(trigger);
  const known = new Map([['event.trigger', trigger.id]]);
  const { type } = trigger.raw;
  if (typeof type === 'string') known.set('event.type', type);
  if (name !== undefined) known.set('conversation.channel', name);
  if (name !== undefined && 'channels' in trigger.raw) known.set('event.channel', name);
  if (connection !== undefined) known.set('conversation.connection', connection);
  return { trigger, channel: name !== undefined && capabilities ? { name, capabilities } : null, known };
}

function capabilitiesOf(name: string, { channels }: TenantContext): ChannelCapabilities | undefined {
  return channels && Object.hasOwn(channels, name) ? channels[name] : undefined;
}

/** The channels on which a trigger's contacts can be; empty when that is not known. */
function channelNames(trigger: OutlineTrigger, context: TenantContext): string[] {
  const { channels } = trigger.raw;
  if (Array.isArray(channels)) return unique(channels.flatMap((name) => (typeof name === 'string' ? [name] : [])));
  const connection = connectionName(trigger);
  const connections = context.connections ?? [];
  const bound = connections.filter(({ name }) => connection === undefined || name === connection);
  // A caller may name a contact of any connection; where the connections are not known, of any channel.
  return bound.length > 0 ? unique(bound.map(({ channel }) => channel)) : Object.keys(context.channels ?? {});
}

function connectionName({ raw }: OutlineTrigger): string | undefined {
  const named = isObject(raw['contact']) ? raw['contact']['connection'] : raw['connection'];
  return typeof named === 'string' ? named : undefined;
}

const unique = (names: string[]): string[] => [...new Set(names)];
