import { z } from 'zod';
import { commonFields, successFields } from '../definition/common-fields.js';
import type { DataSchema } from '../definition/data-schema.js';
import { defaultsShape, limitsShape } from '../definition/document.js';
import type { NodeShape, NodeTypeSpec } from '../definition/node-type.js';
import type { RunnableTrigger } from '../definition/triggers.js';
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
}

export interface OutlineTrigger {
  id: string;
  pointer: string;
  raw: JsonObject;
  /** Null: wrong, or of a type that does not run here. */
  definition: RunnableTrigger | null;
}

/** Whether the runs of a trigger belong to a contact. A trigger that is wrong is taken to have one. */
export function hasContact(trigger: OutlineTrigger): boolean {
  switch (trigger.definition?.type) {
    case 'webhook':
      return isObject(trigger.raw['contact']);
    case 'call':
      return trigger.raw['contact'] !== false;
    default:
      return true;
  }
}
