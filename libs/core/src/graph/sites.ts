import { markedFields } from '../definition/schema-walk.js';
import { pointerOf } from '../definition/schema-walk.js';
import { triggerShapeOf } from '../definition/triggers.js';
import { isObject } from '../expression/convert.js';
import type { Root } from '../expression/environment.js';
import type { ExpressionType } from '../expression/type.js';
import type { Json } from '../json.js';
import type { Outline, OutlineNode, OutlineTrigger } from './outline.js';
import type { DocumentTypes } from './scope-types.js';

/** A place of a document that holds expressions. */
export interface Site {
  pointer: string;
  kind: 'text' | 'value' | 'cel';
  value: string;
  /** Name of the variable that takes the value, for assignments. */
  variable?: string;
  /** Names beside the usual ones, with their types. */
  locals: Partial<Record<Root, ExpressionType>>;
  at:
    | { owner: 'trigger'; trigger: OutlineTrigger; only: readonly Root[] }
    /** `assigns`: the variable that is assigned when the node is done; undefined: an input of the node. */
    | { owner: 'node'; node: OutlineNode; assigns?: string };
}

/** All places with expressions, in the order of the document. */
export function sitesOf(outline: Outline, types: DocumentTypes): Site[] {
  const nodes = [...outline.nodes.values()];
  return [...outline.triggers.flatMap(triggerSites), ...nodes.flatMap((node) => nodeSites(node, types))];
}

/** Before the run exists only the event is there; `assign` is computed when it does. */
const BEFORE_RUN: readonly Root[] = ['event'];
const AT_START: readonly Root[] = ['event', 'run', 'contact', 'conversation', 'tenant'];

function triggerSites(trigger: OutlineTrigger): Site[] {
  const shape = trigger.definition ? triggerShapeOf(trigger.definition.type) : undefined;
  if (!shape) return [];
  const fields = markedFields(shape, trigger.raw, trigger.pointer);
  return fields.flatMap(({ kind, value, pointer }): Site[] => {
    if (kind === 'node') return [];
    const variable = assignedVariable(pointer, trigger.pointer);
    const only = variable === undefined ? BEFORE_RUN : AT_START;
    return strings(value, pointer).map((part) => ({
      ...part,
      kind,
      locals: {},
      at: { owner: 'trigger', trigger, only },
      ...named(variable, part.pointer, pointer),
    }));
  });
}

function nodeSites(node: OutlineNode, types: DocumentTypes): Site[] {
  const { spec, shape, raw, pointer } = node;
  if (!spec || !shape) return [];
  const marked = [
    ...markedFields(spec.config, raw['with'] ?? {}, `${pointer}/with`),
    ...(spec.fields ? markedFields(spec.fields, raw, pointer) : []),
  ];
  const inputs = marked.flatMap(({ kind, value, pointer: place }): Site[] => {
    if (kind === 'node' || place.startsWith(`${pointer}/assign/`)) return [];
    const locals = types.locals(node, place);
    return strings(value, place).map((part) => ({ ...part, kind, locals, at: { owner: 'node', node } }));
  });
  return [...inputs, ...assignSites(node, types), ...compensationSites(node, types)];
}

/** Rendered when the node is done, with all that it has assigned. */
const BEHIND_ALL_ASSIGNMENTS = '';

function compensationSites(node: OutlineNode, types: DocumentTypes): Site[] {
  const { compensation } = node;
  if (!compensation?.spec || !compensation.shape) return [];
  const { raw, pointer, spec } = compensation;
  return markedFields(spec.config, raw['with'] ?? {}, `${pointer}/with`).flatMap(({ kind, value, pointer: place }): Site[] => {
    if (kind === 'node') return [];
    const locals = { ...types.locals(compensation, place), output: types.output(node) };
    const at = { owner: 'node', node: compensation, assigns: BEHIND_ALL_ASSIGNMENTS } as const;
    return strings(value, place).map((part) => ({ ...part, kind, locals, at }));
  });
}

function assignSites(node: OutlineNode, types: DocumentTypes): Site[] {
  const { spec, raw, pointer } = node;
  if (!isObject(raw['assign'])) return [];
  // A pure node such as `set` has no result worth a name, but `output` is there all the same.
  const { each } = types.locals(node, `${pointer}/assign`);
  const output = spec?.hasNext ? { output: types.output(node) } : {};
  const locals = { ...(each ? { each } : {}), ...output };
  return Object.entries(raw['assign']).flatMap(([path, value]): Site[] => {
    const place = pointerOf(pointer, ['assign', path]);
    return strings(value, place).map((part) => ({
      ...part,
      kind: 'value',
      locals,
      at: { owner: 'node', node, assigns: path },
      ...named(path.slice('vars.'.length), part.pointer, place),
    }));
  });
}

/** Every string of a value, with its pointer. */
function strings(value: Json, pointer: string): Array<{ pointer: string; value: string }> {
  if (typeof value === 'string') return [{ pointer, value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => strings(item, pointerOf(pointer, [key])));
}

function assignedVariable(pointer: string, trigger: string): string | undefined {
  const prefix = `${trigger}/assign/vars.`;
  return pointer.startsWith(prefix) ? pointer.slice(prefix.length) : undefined;
}

/** The variable's type is that of the whole value, so only a string that is the whole value is compared with it. */
function named(variable: string | undefined, part: string, whole: string): { variable?: string } {
  return variable !== undefined && part === whole ? { variable } : {};
}
