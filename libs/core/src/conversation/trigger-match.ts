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

/** Does a `channel.message` trigger fit this message? `event` is what it would start with. */
export function matchesTrigger(trigger: CompiledTrigger, message: InboundMessage, where: Where, event: JsonObject): boolean {
  const { definition } = trigger;
  if (trigger.type !== 'channel.message') return false;
  if (!listOf(definition['channels']).includes(where.channel)) return false;
  if (definition['connection'] !== undefined && definition['connection'] !== where.connection) return false;
  if (!(isList(definition['kinds']) ? definition['kinds'] : DEFAULT_KINDS).includes(message.kind)) return false;
  if (isKeyworded(trigger) && !saysKeyword(trigger, message.text)) return false;
  return holds(trigger, event);
}

export function isKeyworded(trigger: CompiledTrigger): boolean {
  return listOf(trigger.definition['keywords']).length > 0;
}

export function priorityOf(trigger: CompiledTrigger): number {
  const { priority } = trigger.definition;
  return typeof priority === 'number' ? priority : 0;
}

/** `exact`: the whole text; `prefix`: its beginning; `contains`: the keyword's words, whole and in a row. */
function saysKeyword(trigger: CompiledTrigger, text: string): boolean {
  const said = fold(text);
  const words = ` ${foldedWords(text).join(' ')} `;
  return listOf(trigger.definition['keywords']).some((keyword) => {
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

/** A condition that cannot be computed for this event does not hold: it must not keep other workflows from the message. */
function holds(trigger: CompiledTrigger, event: JsonObject): boolean {
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
