import { RUNNABLE_TRIGGER_TYPES } from '../definition/names.js';
import type { NodeTypeSpec } from '../definition/node-type.js';
import { plainJson } from '../definition/plain-json.js';
import { isObject } from '../expression/convert.js';
import type { JsonObject } from '../json.js';
import { analyseAssignments } from './assignment.js';
import { buildGraph } from './build.js';
import { checkChannels } from './channel-limits.js';
import { checkTemplates } from './channel-template.js';
import { checkComing } from './coming.js';
import type { CompiledGraph } from './compiled-graph.js';
import { edgesOf } from './edges.js';
import { checkCases } from './flow-cases.js';
import { checkCatches } from './flow-catches.js';
import { checkPrompts } from './flow-prompts.js';
import { checkRetries } from './flow-retries.js';
import { checkFlow } from './flow.js';
import { journeysOf } from './journeys.js';
import { checkCalls } from './limit-calls.js';
import { checkCaps } from './limit-caps.js';
import { checkDurations } from './limit-durations.js';
import { checkSchedules } from './limit-schedules.js';
import { checkLimits } from './limits.js';
import type { Problem } from './problem.js';
import { checkReferences } from './references.js';
import { checkRegions } from './region-checks.js';
import { checkRegionFlow } from './region-flow.js';
import { regionsOf } from './regions.js';
import { checkResources } from './resources.js';
import { scopeTypes } from './scope-types.js';
import { checkShape } from './shape.js';
import { checkSessions } from './sessions.js';
import { sitesOf } from './sites.js';
import { checkStructure } from './structure.js';
import { checkTables, frozenSchemas } from './tables.js';
import type { FrozenSchemas, TenantContext } from './tenant-context.js';
import { checkWindow } from './window.js';

export interface CompileOptions {
  nodeTypes: readonly NodeTypeSpec[];
  context?: TenantContext;
  /** Trigger types that the caller can start runs by; those of this engine unless given. */
  triggerTypes?: readonly string[];
}

export type Compilation =
  /** `problems` are warnings. `unchecked` names what could not be checked without knowing the tenant; `schemas`: what to load it by. */
  | { ok: true; graph: CompiledGraph; problems: Problem[]; unchecked: string[]; schemas: FrozenSchemas }
  | { ok: false; problems: Problem[] };

/**
 * Judges a document and makes it runnable. Gives all problems at once, errors and warnings, phase by phase; never
 * throws. A phase passes over what an earlier one found broken, and nothing else.
 */
export function compile(document: unknown, options: CompileOptions): Compilation {
  const copy = plainCopy(document);
  if ('problem' in copy) return { ok: false, problems: [copy.problem] };
  const limits = checkLimits(copy.document, copy.bytes);
  if (limits.length > 0) return { ok: false, problems: limits };
  try {
    return compilePlain(copy.document, options);
  } catch {
    // A defect of the compiler or of a node type's rules. The caller was promised problems, and one document must not stop it.
    return {
      ok: false,
      problems: [
        {
          path: '',
          code: 'internal',
          severity: 'error',
          message: 'The compiler failed on this document.',
          hint: 'Please report it.',
        },
      ],
    };
  }
}

function compilePlain(
  document: JsonObject,
  { nodeTypes, context = {}, triggerTypes = RUNNABLE_TRIGGER_TYPES }: CompileOptions,
): Compilation {
  const { outline, problems: shape } = checkShape(document, nodeTypes, context.tables);
  const regions = regionsOf(outline);
  const edges = edgesOf(outline, regions);
  const types = scopeTypes(outline, regions, context);
  const sites = sitesOf(outline, types);
  const assignments = analyseAssignments(outline, edges, regions);
  const resources = checkResources(outline, context);
  const journeys = journeysOf(outline, edges, context);
  const references = checkReferences(outline, types, assignments, sites);
  const problems = [
    ...shape,
    ...checkComing(outline, triggerTypes),
    ...checkStructure(outline, edges),
    ...checkRegions(outline, edges, regions),
    ...references,
    ...resources.problems,
    ...checkTables(outline, context),
    ...checkFlow(outline, assignments),
    ...checkRegionFlow(outline, regions, sites),
    ...checkCatches(outline),
    ...checkCases(outline, journeys, references),
    ...checkRetries(outline),
    ...checkPrompts(outline, sites),
    ...checkWindow(outline, journeys),
    ...checkChannels(outline, journeys, context),
    ...checkTemplates(outline, context),
    ...checkCaps(outline, context),
    ...checkCalls(outline, context),
    ...checkSessions(outline),
    ...checkDurations(outline, edges),
    ...checkSchedules(outline),
  ];
  if (problems.some((problem) => problem.severity === 'error')) return { ok: false, problems };
  const schemas = frozenSchemas(outline, context);
  return { ok: true, graph: buildGraph(outline, types), problems, unchecked: resources.unchecked, schemas };
}

/** A copy that is JSON and nothing else, and that nobody can change while it is in use. */
function plainCopy(document: unknown): { document: JsonObject; bytes: number } | { problem: Problem } {
  try {
    const copy = plainJson(document);
    if (isObject(copy)) return { document: copy, bytes: Buffer.byteLength(JSON.stringify(copy)) };
  } catch {
    // Falls through: a cycle, a BigInt, or more nesting than the stack takes.
  }
  const message = 'A workflow is one JSON object.';
  return { problem: { path: '', code: 'shape.invalid', severity: 'error', message } };
}
