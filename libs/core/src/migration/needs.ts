import { readsOf } from '../expression/reads.js';
import { checkSyntax } from '../expression/syntax.js';
import { scanTemplate } from '../expression/template.js';
import { analyseAssignments, type Assignments } from '../graph/assignment.js';
import { type Edge, edgesOf } from '../graph/edges.js';
import type { Outline } from '../graph/outline.js';
import type { Regions } from '../graph/regions.js';
import type { DocumentTypes } from '../graph/scope-types.js';
import { type Site, sitesOf } from '../graph/sites.js';

/** What a version of a workflow takes for granted of a run that stands on one of its nodes. */
export interface Needs {
  /**
   * What is read from this node on and what the version promises to be there: `vars.email`, `steps.call`,
   * `steps.call.status`. Null: runs of this trigger never come to the node.
   */
  at(trigger: string, node: string): readonly string[] | null;
}

/** Reads what the compiler proved of a version: a fact counts when it holds on all ways to a node and is read behind it. */
export function needsOf(outline: Outline, regions: Regions, types: DocumentTypes): Needs {
  const edges = edgesOf(outline, regions);
  const reads = readsByNode(sitesOf(outline, types));
  const assignments = analyseAssignments(outline, edges, regions);
  const known = new Map<string, readonly string[] | null>();
  return {
    at(trigger, node) {
      const key = `${trigger} ${node}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const entering = enteringOf(assignments, trigger, node);
      const facts = new Set([...behind(node, edges)].flatMap((id) => [...(reads.get(id) ?? [])]));
      const needs =
        entering === null ? null : [...facts].filter((fact) => entering.has(fact) && !hasDefault(outline, fact)).sort();
      known.set(key, needs);
      return needs;
    },
  };
}

function enteringOf({ flows }: Assignments, trigger: string, node: string) {
  return flows.find((flow) => flow.trigger.id === trigger)?.entering.get(node) ?? null;
}

function hasDefault({ vars }: Outline, fact: string): boolean {
  return fact.startsWith('vars.') && vars[fact.slice('vars.'.length)]?.default !== undefined;
}

/** A node and all that can come after it. */
function behind(start: string, edges: readonly Edge[]): Set<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    for (const edge of edges) if (edge.from === id) open.push(edge.to);
  }
  return reached;
}

/** What the expressions of each node read, as far as facts go: a variable, a step, a field of its output. */
function readsByNode(sites: readonly Site[]): Map<string, Set<string>> {
  const byNode = new Map<string, Set<string>>();
  for (const site of sites) {
    if (site.at.owner !== 'node') continue;
    const facts = byNode.get(site.at.node.id) ?? new Set<string>();
    byNode.set(site.at.node.id, facts);
    for (const path of sourcesOf(site).flatMap(pathsOf)) {
      if (path.length > 1) facts.add(path.slice(0, 2).join('.'));
      if (path[0] === 'steps' && path.length > 2) facts.add(path.slice(0, 3).join('.'));
    }
  }
  return byNode;
}

function pathsOf(source: string): string[][] {
  const { ast } = checkSyntax(source);
  return ast ? readsOf(ast).filter(([root]) => root === 'vars' || root === 'steps') : [];
}

function sourcesOf({ kind, value }: Site): string[] {
  if (kind === 'cel') return [value];
  const template = scanTemplate(value);
  return 'error' in template ? [] : template.parts.flatMap((part) => (part.kind === 'expression' ? [part.source] : []));
}
