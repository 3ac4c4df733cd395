import { z } from 'zod';
import { commonFields, successFields } from '../definition/common-fields.js';
import type { DataSchema } from '../definition/data-schema.js';
import { defaultsShape, limitsShape } from '../definition/document.js';
import type { NodeShape, NodeTypeSpec } from '../definition/node-type.js';
import type { TriggerDefinition } from '../definition/triggers.js';
import { isObject } from '../expression/convert.js';
import type { JsonObject } from '../json.js';

/** The common fields of a node, whatever its type; what else stands in the node is passed over. */
export const commonShape = z.object({ ...commonFields, ...successFields, interruptible: z.boolean().optional() });

export type NodeDefinition = z.infer<typeof commonShape>;

/**
 * A document as far as it could be understood. The phases behind the shape work on it, so that a mistake in one node
 * does not hide the mistakes in the others.
 */
export interface Outline {
  document: JsonObject;
  /** Undefined when the field is missing or wrong. */
  start: string | undefined;
  nodes: Map<string, OutlineNode>;
  triggers: OutlineTrigger[];
  vars: Record<string, DataSchema>;
  limits: z.infer<typeof limitsShape>;
  defaults: z.infer<typeof defaultsShape>;
}

export interface OutlineNode {
  id: string;
  /** JSON Pointer of the node. */
  pointer: string;
  raw: JsonObject;
  /** Null: the type is not known or does not run here. */
  spec: NodeTypeSpec | null;
  /** Common fields; null where one of them is wrong. */
  definition: NodeDefinition | null;
  /** Config and own fields as the type's rules see them; null where one of them is wrong. */
  shape: NodeShape | null;
  /** What undoes the node, as a node of its own under the same id; null where it has none. */
  compensation: OutlineNode | null;
}

/** All that can touch the world: the nodes, each followed by what undoes it. */
export function withCompensations(outline: Outline): OutlineNode[] {
  return [...outline.nodes.values()].flatMap((node) => (node.compensation === null ? [node] : [node, node.compensation]));
}

export interface OutlineTrigger {
  id: string;
  pointer: string;
  raw: JsonObject;
  /** Null: wrong, or of no type of the language. */
  definition: TriggerDefinition | null;
}

/** Whether the runs of a trigger belong to a contact. A trigger that is wrong is taken to have one. */
export function hasContact(trigger: OutlineTrigger): boolean {
  switch (trigger.definition?.type) {
    case 'webhook':
    case 'schedule':
    case 'event':
    case 'workflow.finished':
      return isObject(trigger.raw['contact']);
    case 'call':
      return trigger.raw['contact'] !== false;
    case 'channel.message':
    case 'channel.postback':
    case 'channel.comment':
    case 'channel.story':
    case 'channel.status':
    case undefined:
      return true;
  }
}

/** Whether a node has something to do with the contact of the run, so that it cannot be without one. */
export function needsContact(node: OutlineNode | undefined): boolean {
  const type = node?.spec?.type ?? '';
  return type.startsWith('message.') || type === 'human.handoff' || type === 'contact.update';
}
