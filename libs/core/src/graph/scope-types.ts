import type { Root } from '../expression/environment.js';
import type { ScopeTypes } from '../expression/program.js';
import { BOOL, DYN, INT, objectType, STRING, TIMESTAMP, typeOfSchema, type ExpressionType } from '../expression/type.js';
import { eventType } from './event-types.js';
import { Inference } from './inference.js';
import type { Outline, OutlineNode } from './outline.js';
import type { Regions } from './regions.js';
import type { TenantContext } from './tenant-context.js';

/** The types of one document, with those that differ from node to node. */
export interface DocumentTypes extends ScopeTypes {
  /** Names that an expression of a node sees beside the usual ones; `pointer`: where it stands. */
  locals(node: OutlineNode, pointer: string): Partial<Record<Root, ExpressionType>>;
  /** The output of a node on `next`. */
  output(node: OutlineNode): ExpressionType;
}

/** The types of everything that expressions of one document see (language, section 5.2). */
export function scopeTypes(outline: Outline, regions: Regions, context: TenantContext = {}): DocumentTypes {
  const events: Record<string, ExpressionType> = {};
  for (const trigger of outline.triggers)
    events[trigger.id] = trigger.definition ? eventType(trigger.definition, context.tables) : DYN;
  const fixed: ScopeTypes = {
    events,
    roots: {
      vars: objectType(Object.fromEntries(Object.entries(outline.vars).map(([name, schema]) => [name, typeOfSchema(schema)]))),
      run: RUN,
      contact: objectType({ ...CONTACT, attributes: context.attributes ? typeOfSchema(context.attributes) : DYN }),
      conversation: CONVERSATION,
      tenant: objectType({ ...TENANT, settings: context.settings ? typeOfSchema(context.settings) : DYN }),
      step: STEP,
    },
  };
  const inference = new Inference(outline, regions, fixed);
  const steps = objectType(Object.fromEntries([...outline.nodes.values()].map((node) => [node.id, inference.step(node)])));
  return {
    events,
    roots: { ...fixed.roots, steps },
    locals: (node, pointer) => ({ ...localTypes(node, pointer), ...inference.each(node, pointer) }),
    output: (node) => inference.output(node),
  };
}

const RUN = objectType({ id: STRING, now: TIMESTAMP, startedAt: TIMESTAMP, workflow: STRING, version: INT });

const CONTACT = {
  id: STRING,
  name: STRING,
  firstName: STRING,
  locale: STRING,
  timezone: STRING,
  optedOut: BOOL,
  tags: { kind: 'list', item: STRING },
} satisfies Record<string, ExpressionType>;

const CONVERSATION = objectType({ id: STRING, channel: STRING, connection: STRING, windowMinutes: INT, transcript: STRING });

const TENANT = { id: STRING, name: STRING, timezone: STRING, locale: STRING };

const STEP = objectType({ idempotencyKey: STRING, visit: INT, attempt: INT });

/** Names that the expressions of a node see beside the usual ones, such as `value` in the checks of a question. */
function localTypes(node: OutlineNode, pointer: string): Partial<Record<Root, ExpressionType>> {
  const locals = node.spec?.locals && node.shape ? node.spec.locals(node.shape, pointer.slice(node.pointer.length)) : {};
  return Object.fromEntries(Object.entries(locals).map(([name, schema]) => [name, typeOfSchema(schema)]));
}
