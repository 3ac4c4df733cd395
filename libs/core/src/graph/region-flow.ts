import { pointerOf } from '../definition/schema-walk.js';
import { isObject } from '../expression/convert.js';
import { readsOf } from '../expression/reads.js';
import { checkSyntax } from '../expression/syntax.js';
import { scanTemplate } from '../expression/template.js';
import type { Outline, OutlineNode } from './outline.js';
import type { Problem } from './problem.js';
import { type DocumentRegion, type Regions } from './regions.js';
import type { Site } from './sites.js';

/** What branches that run at the same time would do to one another, although each of them is well formed. */
export function checkRegionFlow(outline: Outline, regions: Regions, sites: readonly Site[]): Problem[] {
  if (regions.all.length === 0) return [];
  const touches = touchesIn(outline, regions, sites);
  return regions.all
    .filter(({ join }) => join !== null)
    .flatMap((region) => [
      ...(region.fork.kind === 'foreach' ? foreachProblems(region, outline, regions, touches) : branchConflicts(region, touches)),
      ...talkProblems(region, outline),
    ]);
}

/** By node, for the nodes that are in a region. */
function touchesIn(outline: Outline, regions: Regions, sites: readonly Site[]): Map<string, Touch[]> {
  const byNode = new Map<string, Site[]>();
  for (const site of sites) {
    if (site.at.owner !== 'node') continue;
    const known = byNode.get(site.at.node.id);
    if (known) known.push(site);
    else byNode.set(site.at.node.id, [site]);
  }
  const inside = [...outline.nodes.values()].filter(({ id }) => regions.around(id) !== undefined);
  return new Map(inside.map((node) => [node.id, [...writesOf(node), ...readsIn(byNode.get(node.id) ?? [])]]));
}

interface Touch {
  /** A variable, or '*' for all of them. */
  variable: string;
  writes: boolean;
  pointer: string;
}

function foreachProblems(
  region: DocumentRegion,
  outline: Outline,
  regions: Regions,
  touches: ReadonlyMap<string, Touch[]>,
): Problem[] {
  const { node: fork, fork: definition, members } = region;
  const problems: Problem[] = [];
  const outer = regions.foreachAround(fork.id);
  if (outer) {
    const message = `The foreach '${fork.id}' stands inside the foreach '${outer.node.id}'.`;
    problems.push(
      error(fork.pointer, 'flow.nested_foreach', message, 'Call a workflow for each item, or go over one flat list.'),
    );
  }
  for (const { variable, pointer } of [...members].flatMap((id) => touches.get(id) ?? []).filter(({ writes }) => writes)) {
    const message = `vars.${variable} is written in the foreach '${fork.id}', where all iterations would write it at once.`;
    const hint = `Leave the value by "collect" of the join '${definition.join}', and read it there as items.`;
    problems.push(error(pointer, 'flow.foreach_write', message, hint));
  }
  const talking = [...members].find((id) => talks(outline.nodes.get(id)));
  if (definition.kind === 'foreach' && definition.concurrency > 1 && talking !== undefined) {
    const message = `'${talking}' talks to the contact in up to ${definition.concurrency} iterations of '${fork.id}' at the same time.`;
    problems.push(error(`${fork.pointer}/with/concurrency`, 'flow.concurrent_asks', message, 'Set concurrency to 1.'));
  }
  return problems;
}

/** A variable that is written in one branch is not touched in a sibling; each pair of branches is told once for each variable. */
function branchConflicts(region: DocumentRegion, touches: ReadonlyMap<string, Touch[]>): Problem[] {
  const problems: Problem[] = [];
  const told = new Set<string>();
  const of = (members: ReadonlySet<string>): Touch[] => [...members].flatMap((id) => touches.get(id) ?? []);
  for (const writer of region.branches) {
    for (const write of of(writer.members).filter(({ writes }) => writes)) {
      for (const sibling of region.branches) {
        const key = `${write.variable} ${[writer.name, sibling.name].sort().join(' ')}`;
        const touch = of(sibling.members).find(({ variable }) => variable === write.variable || variable === '*');
        if (sibling === writer || !touch || told.has(key)) continue;
        told.add(key);
        const message = `vars.${write.variable} is written in the branch '${writer.name}' of '${region.node.id}' and ${touch.writes ? 'written' : 'read'} in the branch '${sibling.name}'.`;
        problems.push(
          error(
            touch.pointer,
            'flow.branch_conflict',
            message,
            'Use a variable for each branch, and put them together behind the join.',
          ),
        );
      }
    }
  }
  return problems;
}

function talkProblems(region: DocumentRegion, outline: Outline): Problem[] {
  if (region.fork.kind !== 'parallel') return [];
  const talking = region.branches.flatMap(({ name, members, pointer }) => {
    const node = [...members].find((id) => talks(outline.nodes.get(id)));
    return node === undefined ? [] : [{ name, node, pointer }];
  });
  const [first, ...others] = talking;
  return others.map(({ name, node, pointer }) => {
    const message = `The branch '${name}' of '${region.node.id}' talks to the contact with '${node}', and so does '${first?.name ?? ''}' with '${first?.node ?? ''}'.`;
    return error(
      pointer,
      'flow.concurrent_asks',
      message,
      'Only one branch may talk to the contact: put all messages into one, or behind the join.',
    );
  });
}

/** Sends to the contact, or takes what the contact says. */
function talks(node: OutlineNode | undefined): boolean {
  const type = node?.spec?.type ?? '';
  return type.startsWith('message.') || type === 'human.handoff' || node?.shape?.interruptible === true;
}

function writesOf({ raw, pointer }: OutlineNode): Touch[] {
  const touches: Touch[] = [];
  const add = (path: unknown, place: string): void => {
    if (typeof path === 'string' && path.startsWith('vars.')) {
      touches.push({ variable: path.slice('vars.'.length), writes: true, pointer: place });
    }
  };
  add(raw['save'], `${pointer}/save`);
  if (isObject(raw['assign'])) Object.keys(raw['assign']).forEach((path) => add(path, pointerOf(pointer, ['assign', path])));
  if (Array.isArray(raw['catch'])) {
    raw['catch'].forEach((rule, index) => add(isObject(rule) ? rule['save'] : undefined, `${pointer}/catch/${index}/save`));
  }
  return touches;
}

/** Variables that the expressions of a node read. */
function readsIn(sites: readonly Site[]): Touch[] {
  return sites.flatMap(({ kind, value, pointer }) =>
    sourcesOf(kind, value).flatMap((source): Touch[] => {
      const { ast } = checkSyntax(source);
      const reads = ast ? readsOf(ast).filter(([root]) => root === 'vars') : [];
      return reads.map(([, variable = '*']) => ({ variable, writes: false, pointer }));
    }),
  );
}

function sourcesOf(kind: Site['kind'], value: string): string[] {
  if (kind === 'cel') return [value];
  const template = value.includes('{{') ? scanTemplate(value) : { parts: [] };
  if ('error' in template) return [];
  return template.parts.flatMap((part) => (part.kind === 'literal' ? [] : [part.source]));
}

function error(path: string, code: string, message: string, hint: string): Problem {
  return { path, code, severity: 'error', message, hint };
}
