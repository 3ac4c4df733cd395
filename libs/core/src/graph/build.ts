import { z } from 'zod';
import type { Retry } from '../definition/common-fields.js';
import { documentHash } from '../definition/canonical.js';
import { durationMs } from '../definition/duration.js';
import { childrenOf, markedFields, meant, pointerOf } from '../definition/schema-walk.js';
import type { NodeTypeSpec } from '../definition/node-type.js';
import { plainJson } from '../definition/plain-json.js';
import { compileProgram, evaluate, type ScopeTypes } from '../expression/program.js';
import { DYN } from '../expression/type.js';
import { asRender, compileText, compileValue, listRendering, objectRendering, type Rendering } from '../expression/render.js';
import type { Json, JsonObject } from '../json.js';
import {
  type CatchRule,
  type CompiledGraph,
  type CompiledNode,
  compensationId,
  type RetryPolicy,
  type Scope,
} from './compiled-graph.js';
import { compileTrigger, variableNames } from './build-trigger.js';
import { ownEdges } from './edges.js';
import type { NodeDefinition, Outline, OutlineNode } from './outline.js';
import { primaryOf } from './outputs.js';
import { forkOf, joinOf } from './regions.js';
import type { DocumentTypes } from './scope-types.js';

/** Turns a document that was found good into a graph that runs: every expression compiled, every duration in milliseconds. */
export function buildGraph(outline: Outline, types: DocumentTypes): CompiledGraph {
  const { document, limits, defaults } = outline;
  const nodes: Record<string, CompiledNode> = {};
  for (const node of outline.nodes.values()) nodes[node.id] = compileNode(node, outline, types);
  return {
    workflow: typeof document['id'] === 'string' ? document['id'] : '',
    version: typeof document['version'] === 'number' ? document['version'] : 0,
    hash: documentHash(document),
    start: outline.start ?? '',
    ...(mayReadTranscript(document) ? { readsTranscript: true } : {}),
    vars: Object.fromEntries(
      Object.entries(outline.vars).map(([name, schema]) => [
        name,
        { schema, ...(schema.default === undefined ? {} : { default: schema.default }) },
      ]),
    ),
    triggers: Object.fromEntries(
      outline.triggers.flatMap((trigger) =>
        trigger.definition ? [[trigger.id, compileTrigger(trigger.definition, types)]] : [],
      ),
    ),
    nodes,
    limits: {
      maxSteps: limits.maxSteps ?? 500,
      maxDurationMs: milliseconds(limits.maxDuration ?? 'P30D'),
      maxSends: limits.maxSends ?? 100,
    },
    defaultCatch: (defaults.catch ?? []).map(catchRule),
    commands: (defaults.commands ?? []).map(({ keywords, next }) => ({ keywords, next })),
  };
}

/** Whatever is read of the conversation beside its other fields: by a computed name, or whole, the transcript is in it. */
function mayReadTranscript(document: JsonObject): boolean {
  return /\bconversation\b(?!\.\??(?:id|channel|connection|windowMinutes)\b)/.test(JSON.stringify(document));
}

function compileNode(node: OutlineNode, outline: Outline, types: DocumentTypes): CompiledNode {
  const { id, spec, shape, definition } = node;
  if (!spec || !shape || !definition) throw new Error(`The node "${id}" cannot be built: it was not found good.`);
  const seenAt = (pointer: string): ScopeTypes => ({
    ...types,
    roots: { ...types.roots, ...types.locals(node, node.pointer + pointer) },
  });
  const onNext = seenAt('/assign');
  onNext.roots.output = types.output(node);
  const { defaults } = outline;
  const activity = spec.category === 'activity';
  return {
    id,
    type: spec.type,
    typeVersion: spec.typeVersion,
    spec,
    render: renderNode(node, spec, seenAt(spec.mapping ? '/with/from' : '/with')),
    evaluate: evaluator(node, spec, seenAt),
    ports: Object.fromEntries(ownEdges(node).flatMap((edge) => (edge.kind === 'port' ? [[edge.port, edge.to]] : []))),
    catch: (definition.catch ?? []).map(catchRule),
    retry: retryPolicy(definition.retry, defaults.retry),
    timeoutMs: definition.timeout
      ? milliseconds(definition.timeout)
      : activity
        ? milliseconds(defaults.timeout ?? 'PT30S')
        : null,
    deadlineMs: activity ? milliseconds(definition.deadline ?? defaults.deadline ?? 'PT5M') : null,
    ...primary(node),
    ...(definition.output ? { output: definition.output } : {}),
    ...(definition.save ? { save: variableName(definition.save) } : {}),
    assign: Object.fromEntries(assignments(definition).map(([name, value]) => [name, asRender(compileValue(value, onNext))])),
    maxVisits: definition.maxVisits ?? null,
    interruptible: shape.interruptible,
    sensitive: definition.sensitive ?? false,
    ...forkAndJoin(node, seenAt('/with/collect')),
    ...compensationOf(node, outline, onNext),
  };
}

function primary(node: OutlineNode): { primary?: string } {
  const field = primaryOf(node);
  return field === undefined ? {} : { primary: field };
}

/** What undoes the node sees what its assignments see, and is tried like any activity of the document. */
function compensationOf(node: OutlineNode, outline: Outline, onNext: ScopeTypes): Pick<CompiledNode, 'compensation'> {
  if (node.compensation === null) return {};
  const types: DocumentTypes = { ...onNext, locals: () => ({}), output: () => DYN };
  return { compensation: { ...compileNode(node.compensation, outline, types), id: compensationId(node.id) } };
}

function forkAndJoin(node: OutlineNode, types: ScopeTypes): Pick<CompiledNode, 'fork' | 'join'> {
  const fork = forkOf(node);
  if (fork?.kind === 'parallel') return { fork };
  if (fork) return { fork: { kind: 'foreach', body: fork.body, concurrency: fork.concurrency, join: fork.join } };
  const join = joinOf(node);
  if (!join) return {};
  const { mode, errors, collect } = join;
  return { join: { mode, errors, ...(collect === undefined ? {} : { collect: asRender(compileValue(collect, types)) }) } };
}

const NO_FIELDS = z.strictObject({});

/** Config and own fields as zod gives them, so that defaults are filled in, with texts and values rendered. */
function renderNode(node: OutlineNode, spec: NodeTypeSpec, types: ScopeTypes): CompiledNode['render'] {
  const config = renderingOf(spec.config, plainJson(node.shape?.config ?? {}), types);
  const fields = renderingOf(spec.fields ?? NO_FIELDS, plainJson(node.shape?.fields ?? {}), types);
  const renderConfig = asRender(config);
  const renderFields = asRender(fields);
  return (scope) => ({ config: renderConfig(scope), fields: renderFields(scope) });
}

function renderingOf(schema: z.ZodType, value: Json, types: ScopeTypes): Rendering {
  const { inner, kind, deferred } = meant(schema, value);
  if (deferred) return { constant: value };
  if (kind === 'text' && typeof value === 'string') return compileText(value, types);
  if (kind === 'value') return compileValue(value, types);
  if (kind || typeof value !== 'object' || value === null) return { constant: value };
  const children = childrenOf(inner, value).map((child): [string, Rendering] => [
    child.key,
    renderingOf(child.schema, child.value, types),
  ]);
  return Array.isArray(value) ? listRendering(children.map(([, rendering]) => rendering)) : objectRendering(children);
}

/** The node's expressions of kind `cel`, and the texts of values that it renders itself, by their source; each is compiled once. */
function evaluator(node: OutlineNode, spec: NodeTypeSpec, seenAt: (pointer: string) => ScopeTypes): CompiledNode['evaluate'] {
  const programs = new Map<string, (scope: Scope) => Json>();
  const marked = [
    ...markedFields(spec.config, plainJson(node.shape?.config ?? {}), '/with'),
    ...(spec.fields ? markedFields(spec.fields, plainJson(node.shape?.fields ?? {}), '') : []),
  ];
  const add = (source: string, pointer: string, program: (scope: Scope) => Json): void =>
    void programs.set(source, program).set(pointer, program);
  for (const { kind, value, pointer, deferred } of marked) {
    if (kind === 'cel' && typeof value === 'string') {
      const program = compileProgram(value, seenAt(pointer));
      add(value, pointer, (scope) => evaluate(program, scope));
    } else if (deferred) {
      for (const { text, place } of templatesIn(value, pointer)) add(text, place, asRender(compileValue(text, seenAt(place))));
    }
  }
  return (source: string, scope: Scope): Json => {
    const program = programs.get(source);
    if (!program) throw new Error(`The node "${node.id}" was asked for an expression that it does not have.`);
    return program(scope);
  };
}

function templatesIn(value: Json, place: string): Array<{ text: string; place: string }> {
  if (typeof value === 'string') return value.includes('{{') ? [{ text: value, place }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => templatesIn(part, pointerOf(place, [key])));
}

function assignments(definition: NodeDefinition): Array<[string, Json]> {
  return variableNames(definition.assign ?? {});
}

export function catchRule(rule: { errors: string[]; next: string; save?: string }): CatchRule {
  return { errors: rule.errors, next: rule.next, ...(rule.save ? { save: variableName(rule.save) } : {}) };
}

function retryPolicy(own: Retry | undefined, common: Retry | undefined): RetryPolicy {
  const merged = { ...common, ...own };
  return {
    maxAttempts: merged.maxAttempts ?? 3,
    intervalMs: milliseconds(merged.interval ?? 'PT1S'),
    backoff: merged.backoff ?? 2,
    maxIntervalMs: milliseconds(merged.maxInterval ?? 'PT1M'),
    jitter: merged.jitter ?? 'full',
    ...(merged.on ? { on: merged.on } : {}),
  };
}

function milliseconds(iso: string): number {
  const ms = durationMs(iso);
  if (ms === undefined) throw new Error(`"${iso}" is not a duration.`);
  return ms;
}

const variableName = (path: string): string => path.slice('vars.'.length);
