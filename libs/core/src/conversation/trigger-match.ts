import { WorkflowError } from '../failure.js';
import type { CompiledTrigger } from '../graph/compiled-graph.js';
import type { Json, JsonObject } from '../json.js';
import { fold, foldedWords } from '../message/fold.js';
import { INBOUND_KINDS, type InboundMessage } from '../message/inbound.js';

/** Reactions and what a channel cannot read start nothing unless a trigger names them. */
const DEFAULT_KINDS: readonly Json[] = INBOUND_KINDS.filter((kind) => kind !== 'reaction' && kind !== 'unsupported');

export interface Where {
  channel: string;
  /** The tenant's name for the connection. */
  connection: string;
}

/** Does a trigger on what contacts write or tap fit this message? `event` is what it would start with. */
export function matchesTrigger(trigger: CompiledTrigger, message: InboundMessage, where: Where, event: JsonObject): boolean {
  return isThere(trigger, where) && isMeant(trigger, message) && holds(trigger, event);
}

/** A comment is only for those who ask for comments. An answer to a story is a message too, where nobody asks for stories. */
function isMeant(trigger: CompiledTrigger, message: InboundMessage): boolean {
  const { definition } = trigger;
  const { comment, story, kind } = message;
  switch (trigger.type) {
    case 'channel.message':
      if (comment !== undefined) return false;
      return (isList(definition['kinds']) ? definition['kinds'] : DEFAULT_KINDS).includes(kind) && saysKeyword(trigger, message);
    case 'channel.postback':
      return comment === undefined && tapsPayload(trigger, message);
    case 'channel.comment':
      if (comment === undefined) return false;
      return (!isList(definition['media']) || definition['media'].includes(comment.mediaId)) && saysKeyword(trigger, message);
    case 'channel.story':
      return story !== undefined && listOf(definition['kinds']).includes(story.kind) && saysKeyword(trigger, message);
    default:
      return false;
  }
}

/** Does the trigger listen on this channel, and to this account? */
export function isThere({ definition }: CompiledTrigger, where: Where): boolean {
  if (!listOf(definition['channels']).includes(where.channel)) return false;
  return definition['connection'] === undefined || definition['connection'] === where.connection;
}

/** Is it choosy, by words or by payloads? Such triggers come before those that take everything. */
export function isKeyworded(trigger: CompiledTrigger): boolean {
  return [...listOf(trigger.definition['keywords']), ...listOf(trigger.definition['payloads'])].length > 0;
}

/** Does it ask for stories? It comes before one that would take any message. */
export function isForStories(trigger: CompiledTrigger): boolean {
  return trigger.type === 'channel.story';
}

/** A payload is exact, or a beginning that ends with `*`. */
function tapsPayload({ definition }: CompiledTrigger, { kind, option }: InboundMessage): boolean {
  if (kind !== 'option' || option === undefined) return false;
  const payloads = listOf(definition['payloads']).filter((payload) => typeof payload === 'string');
  return (
    payloads.length === 0 ||
    payloads.some((payload) => (payload.endsWith('*') ? option.id.startsWith(payload.slice(0, -1)) : option.id === payload))
  );
}

export function priorityOf(trigger: CompiledTrigger): number {
  const { priority } = trigger.definition;
  return typeof priority === 'number' ? priority : 0;
}

/**
 * `exact`: the whole text; `prefix`: its beginning; `contains`: the keyword's words, whole and in a row. A trigger without
 * keywords takes every text.
 */
function saysKeyword(trigger: CompiledTrigger, { text }: InboundMessage): boolean {
  const keywords = listOf(trigger.definition['keywords']);
  if (keywords.length === 0) return true;
  const said = fold(text);
  const words = ` ${foldedWords(text).join(' ')} `;
  return keywords.some((keyword) => {
    const wanted = typeof keyword === 'string' ? fold(keyword) : '';
    if (wanted === '') return false;
    switch (trigger.definition['keywordMatch']) {
      case 'prefix':
        return said.startsWith(wanted);
      case 'contains':
        return words.includes(` ${foldedWords(wanted).join(' ')} `);
      default:
        return said === wanted;
    }
  });
}

/** Whether the trigger's condition holds. One that cannot be computed for this event does not: it must not keep others from it. */
export function holds(trigger: CompiledTrigger, event: JsonObject): boolean {
  if (trigger.when === undefined) return true;
  try {
    return trigger.when({ event });
  } catch (error) {
    if (error instanceof WorkflowError) return false;
    throw error;
  }
}

function isList(value: Json | undefined): value is Json[] {
  return Array.isArray(value);
}

function listOf(value: Json | undefined): Json[] {
  return isList(value) ? value : [];
}
