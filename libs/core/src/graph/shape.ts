import { z } from 'zod';
import type { DataSchema } from '../definition/data-schema.js';
import { defaultsShape, envelopeFields, limitsShape, nodeSchema } from '../definition/document.js';
import { isReservedName, LANGUAGE_NODE_TYPES, NAME_PATTERN } from '../definition/names.js';
import type { NodeTypeSpec } from '../definition/node-type.js';
import { escapePointer } from '../definition/schema-walk.js';
import { LANGUAGE_TRIGGER_TYPES, triggerShape, triggerShapeOf } from '../definition/triggers.js';
import { dataSchemaShape } from '../definition/data-schema-shape.js';
import type { Json, JsonObject } from '../json.js';
import { isObject } from '../expression/convert.js';
import { commonShape, type Outline, type OutlineNode, type OutlineTrigger } from './outline.js';
import type { Problem } from './problem.js';
import { didYouMean, nameHint } from '../definition/suggest.js';
import { shapeProblems } from './zod-problems.js';

/**
 * The shape phase: is the document one of the language, field by field? Nodes and triggers are judged one by one by the
 * schema of their type, so that each finding speaks of the type that was meant.
 */
export function checkShape(
  document: JsonObject,
  specs: readonly NodeTypeSpec[],
  tables?: Record<string, DataSchema>,
): { outline: Outline; problems: Problem[] } {
  const problems: Problem[] = [];
  const envelope = shapeProblems(envelopeShape, document, '').filter((problem) => problem.path !== '/dsl');
  problems.push(...dslProblems(document['dsl']), ...envelope);

  const outline: Outline = {
    document,
    start: typeof document['start'] === 'string' ? document['start'] : undefined,
    nodes: outlineNodes(document['nodes'], specs, problems, tables),
    triggers: outlineTriggers(document['triggers'], problems),
    vars: outlineVars(document['vars'], problems),
    limits: limitsShape.safeParse(document['limits'] ?? {}).data ?? {},
    defaults: defaultsShape.safeParse(document['defaults'] ?? {}).data ?? {},
  };
  return { outline, problems };
}

/** Triggers and nodes are judged one by one, below. */
const envelopeShape = z.strictObject({ ...envelopeFields, triggers: z.unknown(), nodes: z.unknown() });

function dslProblems(dsl: Json | undefined): Problem[] {
  if (dsl === '1.0') return [];
  if (dsl === undefined) return [error('/dsl', 'shape.dsl', "The field 'dsl' is missing.", 'Add "dsl": "1.0".')];
  const newer = typeof dsl === 'string' && /^1\.\d+$/.test(dsl);
  const message = newer
    ? `This engine runs language 1.0; the document is written in ${dsl}.`
    : "'dsl' is not a version of the language.";
  return [error('/dsl', 'shape.dsl', message, newer ? 'Run it on a newer engine, or write it in 1.0.' : 'Write "dsl": "1.0".')];
}

function outlineNodes(
  nodes: Json | undefined,
  specs: readonly NodeTypeSpec[],
  problems: Problem[],
  tables: Record<string, DataSchema> | undefined,
): Map<string, OutlineNode> {
  const outlined = new Map<string, OutlineNode>();
  if (!isObject(nodes) || Object.keys(nodes).length === 0) {
    problems.push(
      error(
        '/nodes',
        'shape.invalid',
        "'nodes' must be an object with at least one node.",
        'Map node ids to nodes: { "end_done": { "type": "end" } }.',
      ),
    );
    return outlined;
  }
  for (const [id, raw] of Object.entries(nodes)) {
    const pointer = `/nodes/${escapePointer(id)}`;
    problems.push(...nameProblems(id, pointer, 'node'));
    if (!isObject(raw)) {
      problems.push(error(pointer, 'shape.invalid', `The node '${id}' must be an object.`));
      continue;
    }
    const spec = specOf(raw, specs);
    problems.push(...(spec ? nodeProblems(spec, raw, pointer) : typeProblems(raw, pointer, specs)));
    const node = outlineNode(id, pointer, raw, spec, tables);
    const undo = raw['compensate'];
    if (isObject(undo)) {
      const place = `${pointer}/compensate`;
      const activity = specOf(undo, specs);
      problems.push(...(activity ? compensationProblems(node, activity, undo, place) : typeProblems(undo, place, specs)));
      node.compensation = outlineNode(id, place, undo, activity, tables);
    }
    outlined.set(id, node);
  }
  return outlined;
}

/** A switch without default is a hole in the graph rather than a matter of form. */
function nodeProblems(spec: NodeTypeSpec, raw: JsonObject, pointer: string): Problem[] {
  return shapeProblems(cachedNodeSchema(spec), raw, pointer).map((problem) =>
    spec.type === 'switch' && problem.path === `${pointer}/default` && raw['default'] === undefined
      ? error(
          problem.path,
          'graph.no_default',
          'A switch needs a default for when no case is true.',
          'Add "default" with the id of a node.',
        )
      : problem,
  );
}

/** Only what is done in the world can be undone in it, and nobody is there to answer or to choose a way any more. */
function compensationProblems(node: OutlineNode, activity: NodeTypeSpec, undo: JsonObject, pointer: string): Problem[] {
  if (node.spec?.hasNext === false) {
    const message = `A node of type "${node.spec.type}" has no success of its own that could be undone.`;
    return [error(pointer, 'shape.invalid', message, 'Put "compensate" on the nodes that touch the world.')];
  }
  if (activity.category !== 'activity') {
    const message = `"${activity.type}" is no activity, so it cannot undo anything.`;
    return [error(`${pointer}/type`, 'shape.node_type', message, 'Use an activity, such as http.request or message.send.')];
  }
  const found = shapeProblems(activity.config, undo['with'] ?? {}, `${pointer}/with`);
  if (found.length > 0) return found;
  const { shape } = outlineNode(node.id, pointer, undo, activity, undefined);
  const asked = shape ? activity.ports(shape).find(({ required }) => required) : undefined;
  if (asked === undefined) return [];
  const message = `Written like this, "${activity.type}" needs a way for "${asked.name}", and a compensation leads nowhere.`;
  return [error(`${pointer}/with`, 'shape.invalid', message, 'Write it so that it only succeeds or fails.')];
}

function outlineNode(
  id: string,
  pointer: string,
  raw: JsonObject,
  spec: NodeTypeSpec | null,
  tables: Record<string, DataSchema> | undefined,
): OutlineNode {
  const definition = commonShape.safeParse(raw).data ?? null;
  const config = spec?.config.safeParse(raw['with'] ?? {});
  const fields = spec?.fields ? spec.fields.safeParse(ownFields(raw, spec)) : undefined;
  const fits = config?.success === true && fields?.success !== false;
  const known = spec?.table && tables ? { tables } : {};
  const shape = fits
    ? {
        config: config.data,
        fields: fields?.data ?? {},
        interruptible: raw['interruptible'] === true,
        ...known,
        ...(definition?.output === undefined ? {} : { output: definition.output }),
      }
    : null;
  return { id, pointer, raw, spec, definition, shape, compensation: null };
}

/** The part of a node that its type's own fields describe. */
function ownFields(raw: JsonObject, spec: NodeTypeSpec): JsonObject {
  if (!(spec.fields instanceof z.ZodObject)) return raw;
  const names = Object.keys(spec.fields.shape);
  return Object.fromEntries(names.flatMap((name) => (raw[name] === undefined ? [] : [[name, raw[name]]])));
}

function specOf(raw: JsonObject, specs: readonly NodeTypeSpec[]): NodeTypeSpec | null {
  const version = raw['typeVersion'] ?? 1;
  return specs.find((spec) => spec.type === raw['type'] && spec.typeVersion === version) ?? null;
}

const schemas = new WeakMap<NodeTypeSpec, z.ZodType>();

function cachedNodeSchema(spec: NodeTypeSpec): z.ZodType {
  let schema = schemas.get(spec);
  if (!schema) schemas.set(spec, (schema = nodeSchema(spec)));
  return schema;
}

function typeProblems(raw: JsonObject, pointer: string, specs: readonly NodeTypeSpec[]): Problem[] {
  const type = raw['type'];
  const running = [...new Set(specs.map((spec) => spec.type))];
  const runs = `This engine runs: ${running.join(', ')}.`;
  if (typeof type !== 'string') return [error(`${pointer}/type`, 'shape.node_type', 'Every node needs a type.', runs)];
  if (running.includes(type)) {
    const versions = specs.filter((spec) => spec.type === type).map((spec) => spec.typeVersion);
    return [
      error(
        `${pointer}/typeVersion`,
        'shape.node_type',
        `The node type "${type}" has no such version.`,
        `Versions: ${versions.join(', ')}.`,
      ),
    ];
  }
  if (LANGUAGE_NODE_TYPES.includes(type)) {
    return [
      error(
        `${pointer}/type`,
        'shape.node_type',
        `The node type "${type}" is part of the language but this engine does not run it yet.`,
        runs,
      ),
    ];
  }
  const hint = didYouMean(type, [...running, ...LANGUAGE_NODE_TYPES]) ?? runs;
  return [error(`${pointer}/type`, 'shape.node_type', `There is no node type "${type}".`, hint)];
}

function outlineTriggers(triggers: Json | undefined, problems: Problem[]): OutlineTrigger[] {
  if (!Array.isArray(triggers) || triggers.length === 0) {
    problems.push(
      error('/triggers', 'shape.invalid', "'triggers' must be a list of at least one trigger.", 'Say what starts the workflow.'),
    );
    return [];
  }
  const seen = new Set<string>();
  return triggers.flatMap((raw, index) => {
    const pointer = `/triggers/${index}`;
    if (!isObject(raw)) {
      problems.push(error(pointer, 'shape.invalid', 'A trigger must be an object.'));
      return [];
    }
    const shape = triggerShapeOf(raw['type']);
    problems.push(...(shape ? shapeProblems(shape, raw, pointer) : [triggerTypeProblem(raw['type'], pointer)]));
    const id = typeof raw['id'] === 'string' ? raw['id'] : `#${index}`;
    if (seen.has(id)) problems.push(error(`${pointer}/id`, 'shape.name', `Two triggers have the id '${id}'.`, 'Rename one.'));
    seen.add(id);
    return [{ id, pointer, raw, definition: triggerShape.safeParse(raw).data ?? null }];
  });
}

function triggerTypeProblem(type: Json | undefined, pointer: string): Problem {
  const path = `${pointer}/type`;
  const hint = nameHint(typeof type === 'string' ? type : '', LANGUAGE_TRIGGER_TYPES, 'Trigger types');
  const message = typeof type === 'string' ? `There is no trigger type "${type}".` : 'Every trigger needs a type.';
  return error(path, 'shape.node_type', message, hint);
}

function outlineVars(vars: Json | undefined, problems: Problem[]): Record<string, DataSchema> {
  const outlined: Record<string, DataSchema> = {};
  if (!isObject(vars)) return outlined;
  for (const [name, raw] of Object.entries(vars)) {
    if (isReservedName(name)) problems.push(...nameProblems(name, `/vars/${escapePointer(name)}`, 'variable'));
    // A variable whose schema is wrong still exists: reading it must not count as a mistake of its own.
    outlined[name] = dataSchemaShape.safeParse(raw).data ?? {};
  }
  return outlined;
}

function nameProblems(name: string, pointer: string, what: string): Problem[] {
  if (isReservedName(name))
    return [error(pointer, 'shape.name', `'${name}' is a reserved word and cannot name a ${what}.`, 'Choose another name.')];
  if (NAME_PATTERN.test(name)) return [];
  return [
    error(
      pointer,
      'shape.name',
      `'${name}' cannot name a ${what}.`,
      'Names start with a small letter and have at most 64 letters, digits and _.',
    ),
  ];
}

function error(path: string, code: string, message: string, hint?: string): Problem {
  return { path, code, severity: 'error', message, ...(hint === undefined ? {} : { hint }) };
}
