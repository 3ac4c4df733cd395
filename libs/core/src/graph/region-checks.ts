import { nameHint } from '../definition/suggest.js';
import { isTaken, type Edge } from './edges.js';
import type { Outline, OutlineNode } from './outline.js';
import type { Problem } from './problem.js';
import { forkOf, joinOf, type DocumentRegion, type Regions } from './regions.js';

/** Regions are entered through their fork, left through their join, and have no end in them (language, section 4.4). */
export function checkRegions(outline: Outline, edges: readonly Edge[], regions: Regions): Problem[] {
  return [
    ...joinProblems(outline, regions),
    ...regions.all.filter((region) => isWhole(region, regions)).flatMap((region) => escapes(region, outline, edges)),
    ...implicitWays(outline, regions),
  ];
}

/** Fork and join belong together, one to one. */
function joinProblems(outline: Outline, regions: Regions): Problem[] {
  const problems: Problem[] = [];
  for (const { node, fork, join } of regions.all) {
    const path = `${node.pointer}/join`;
    const target = outline.nodes.get(fork.join);
    const first = regions.closedBy(fork.join)?.node;
    if (!target) {
      const hint = nameHint(fork.join, joinIds(outline), 'Joins');
      problems.push(error(path, 'graph.missing_node', `There is no node '${fork.join}'.`, hint));
    } else if (!join && target.spec) {
      const message = `'${fork.join}' does not close a region: it is of type "${target.spec.type}".`;
      problems.push(
        error(path, 'graph.join_mismatch', message, nameHint('', joinIds(outline), 'Joins') ?? 'Add a node of type "join".'),
      );
    } else if (first && first !== node) {
      const message = `The join '${fork.join}' closes '${first.id}' already; a join closes exactly one fork.`;
      problems.push(error(path, 'graph.join_mismatch', message, `Give '${node.id}' a join of its own.`));
    }
    if (join) problems.push(...modeProblems(node, join, regions));
  }
  const unknown = [...outline.nodes.values()].some((node) => node.spec?.fork && !forkOf(node));
  for (const node of outline.nodes.values()) {
    if (!node.spec?.join || regions.closedBy(node.id) || unknown) continue;
    problems.push(
      error(
        node.pointer,
        'graph.join_mismatch',
        `No fork names '${node.id}' as its join.`,
        'Name it in the "join" of a parallel or foreach, or remove it.',
      ),
    );
  }
  return problems;
}

/** Of a region that does not begin or end as it should, nothing is said about what is inside. */
function isWhole(region: DocumentRegion, regions: Regions): boolean {
  const sharing = regions.all.filter(({ fork }) => fork.join === region.fork.join);
  return region.isKnown && region.join !== null && sharing.length === 1;
}

function modeProblems(fork: OutlineNode, join: OutlineNode, regions: Regions): Problem[] {
  const closes = joinOf(join);
  const region = regions.closedBy(join.id);
  if (!closes || region?.node !== fork || region.fork.kind !== 'parallel') return [];
  const problems: Problem[] = [];
  const count = region.branches.length;
  if (typeof closes.mode === 'number' && closes.mode > count) {
    const message = `The join '${join.id}' waits for ${closes.mode} branches, but '${fork.id}' has ${count}.`;
    problems.push(error(`${join.pointer}/with/mode`, 'graph.join_mismatch', message, `Use at most ${count}, or "all".`));
  }
  if (closes.collect !== undefined) {
    const message = `The join '${join.id}' closes a parallel, which has no items to collect.`;
    problems.push(
      error(
        `${join.pointer}/with/collect`,
        'graph.join_mismatch',
        message,
        'Read the steps of the branches behind the join instead.',
      ),
    );
  }
  return problems;
}

function escapes(region: DocumentRegion, outline: Outline, edges: readonly Edge[]): Problem[] {
  const { node: fork, fork: definition, members, outside, branches } = region;
  const problems: Problem[] = [];
  for (const { name, start, pointer } of branches) {
    if (start === definition.join || !outside.has(start)) continue;
    const what = definition.kind === 'parallel' ? `The branch '${name}' of '${fork.id}'` : `The body of '${fork.id}'`;
    const hint = 'Begin it with a node of its own, which nothing else leads to.';
    problems.push(
      error(pointer, 'graph.region_escape', `${what} begins at '${start}', which runs also reach around the fork.`, hint),
    );
  }
  for (const edge of edges) {
    const inside = members.has(edge.from);
    if ((!inside && edge.to !== definition.join) || edge.kind === 'command') continue;
    const target = outline.nodes.get(edge.to);
    if (!target || !isTaken(edge, outline)) continue;
    if (inside && target.spec?.type === 'end') {
      const message = `'${edge.from}' leads to the end '${edge.to}' from inside the region of '${fork.id}'.`;
      problems.push(
        error(edge.pointer, 'graph.region_escape', message, `Lead to the join '${definition.join}', and end behind it.`),
      );
    } else if (inside && outside.has(edge.to) && edge.to !== definition.join) {
      const message = `'${edge.from}' leads out of the region of '${fork.id}' to '${edge.to}'.`;
      problems.push(
        error(
          edge.pointer,
          'graph.region_escape',
          message,
          `A region is left only through its join: lead to '${definition.join}'.`,
        ),
      );
    } else if (!inside && edge.from !== fork.id) {
      const message = `'${edge.from}' leads to the join '${edge.to}' from outside the region of '${fork.id}'.`;
      problems.push(error(edge.pointer, 'graph.region_escape', message, `Only what '${fork.id}' has begun can arrive there.`));
    }
  }
  return problems;
}

/** Commands and caught errors of the whole document may come from anywhere, so they cannot lead into a region. */
function implicitWays(outline: Outline, regions: Regions): Problem[] {
  const ways = [
    ...(outline.defaults.commands ?? []).map(({ next }, index) => ({ next, path: `/defaults/commands/${index}/next` })),
    ...(outline.defaults.catch ?? []).map(({ next }, index) => ({ next, path: `/defaults/catch/${index}/next` })),
  ];
  return ways.flatMap(({ next, path }) => {
    const region = regions.around(next) ?? regions.closedBy(next);
    if (!region) return [];
    const message = `'${next}' belongs to the region of '${region.node.id}', which is entered only through its fork.`;
    return [error(path, 'graph.region_escape', message, 'Lead to a node outside of all regions.')];
  });
}

function joinIds(outline: Outline): string[] {
  return [...outline.nodes.values()].filter(({ spec }) => spec?.join !== undefined).map(({ id }) => id);
}

function error(path: string, code: string, message: string, hint?: string): Problem {
  return { path, code, severity: 'error', message, ...(hint === undefined ? {} : { hint }) };
}
