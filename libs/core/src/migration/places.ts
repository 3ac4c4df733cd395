import type { JsonObject } from '../json.js';
import { regionOf, visibleSteps } from '../machine/branch.js';
import type { ExecutionState, Region, Token } from '../machine/state.js';
import { isSameKind, type Mapping, mappedNode, type Obstacle } from './mapping.js';
import type { MovableVersion } from './version.js';

export interface Situation {
  from: MovableVersion;
  to: MovableVersion;
  state: ExecutionState;
  mapping: Mapping;
  /** Variables as they would be in the new version. */
  vars: JsonObject;
  forget: readonly string[];
}

/** Can the run stand in the new version where it stands now, and is there everything that is read from there on? */
export function checkPlaces(situation: Situation): Obstacle[] {
  const { to, state, mapping } = situation;
  const forks = (state.regions ?? []).flatMap((region) => [
    ...standing(situation, region.owner),
    ...forkProblems(situation, region),
  ]);
  const waiting = state.tokens.flatMap((token) => standing(situation, token));
  const undone = (state.compensations ?? []).flatMap(({ node }) =>
    mappedNode(to, mapping, node)?.compensation === undefined
      ? [
          obstacle(
            'node.compensation',
            node,
            `The step "${node}" may have to be undone, and the new version does not say how.`,
            true,
          ),
        ]
      : [],
  );
  // A run that still gathers its first messages begins on the new version.
  const begins =
    state.gathering === undefined && state.queued === undefined ? [] : missing(situation, to.graph.start, state.steps);
  return distinct([...forks, ...waiting, ...undone, ...begins]);
}

function standing(situation: Situation, token: Token): Obstacle[] {
  const { from, to, state, mapping } = situation;
  const old = token.node;
  const [was, is] = [from.graph.nodes[old], mappedNode(to, mapping, old)];
  if (is === undefined)
    return [
      obstacle(
        'node.missing',
        old,
        `The run stands on "${old}", which the new version does not have. Map it to its new name.`,
        true,
      ),
    ];
  if (was === undefined || !isSameKind(was, is))
    return [
      obstacle(
        'node.type',
        is.id,
        `The run stands on "${old}" (${was?.type ?? 'unknown'}), and "${is.id}" is of type ${is.type}.`,
        true,
      ),
    ];
  if (from.expects(old) !== to.expects(is.id))
    return [
      obstacle(
        'node.expects',
        is.id,
        `The run waits for ${word(from.expects(old))}, and "${is.id}" expects ${word(to.expects(is.id))}.`,
        true,
      ),
    ];
  const region = regionOf(state, token);
  if (!isSamePlace(situation, is.id, region, token)) {
    const message = `"${is.id}" stands in another branch or region of the new version than the run does.`;
    return [obstacle('region.other', is.id, message, false)];
  }
  return missing(situation, is.id, visibleSteps(state, token));
}

const word = (kind: unknown): string => (typeof kind === 'string' ? kind : 'nothing of a kind');

function isSamePlace({ to, mapping }: Situation, node: string, region: Region | undefined, token: Token): boolean {
  const place = to.place(node);
  if (region === undefined) return place === null;
  const fork = mappedNode(to, mapping, region.owner.node);
  if (place === null || fork?.id !== place.fork) return false;
  return fork.fork?.kind === 'foreach' || place.branch === token.branch?.name;
}

/** An open region must be the same in both: its branches are counted, and its join waits for them. */
function forkProblems({ from, to, mapping }: Situation, { owner }: Region): Obstacle[] {
  const [was, is] = [from.graph.nodes[owner.node]?.fork, mappedNode(to, mapping, owner.node)?.fork];
  if (was === undefined || is === undefined) return [];
  const join = mapping.nodes[was.join] ?? was.join;
  const same =
    join === is.join &&
    (was.kind === 'parallel'
      ? is.kind === 'parallel' && names(was.branches) === names(is.branches)
      : is.kind === 'foreach' && was.concurrency === is.concurrency);
  const message = `The region of "${owner.node}" is open, and the new version has it with other branches or another join.`;
  return same ? [] : [obstacle('region.open', owner.node, message, false)];
}

const names = (branches: Record<string, string>): string => Object.keys(branches).sort().join(' ');

function missing(situation: Situation, node: string, steps: JsonObject): Obstacle[] {
  const { to, state, vars, from } = situation;
  const needs = to.needs.at(state.trigger, node);
  if (needs === null) {
    return [
      obstacle(
        'node.unreachable',
        node,
        `Runs of the trigger "${state.trigger}" never come to "${node}" in the new version.`,
        true,
      ),
    ];
  }
  const outputs = renamed(situation, steps);
  return needs.flatMap((fact) => {
    const [root, name = '', field] = fact.split('.');
    if (root === 'vars') {
      if (vars[name] !== undefined) return [];
      const message = `The new version reads vars.${name} from "${node}" on, and the run has no value for it. Map it to an expression.`;
      return [{ code: 'vars.missing', path: `/vars/${name}`, message, mappable: true }];
    }
    const output = outputs[name];
    const has =
      typeof output === 'object' && output !== null && !Array.isArray(output) && (field === undefined || field in output);
    if (has) return [];
    // A step that the old version has under no name can be supplied by nobody.
    const message = `The new version reads ${fact} from "${node}" on, and the run has not been there.`;
    const mappable = Object.values(from.graph.nodes).some((old) => old.type === to.graph.nodes[name]?.type);
    return [{ code: 'steps.missing', path: `/nodes/${name}`, message, mappable }];
  });
}

function renamed({ mapping, forget }: Situation, steps: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(steps).flatMap(([old, output]) => (forget.includes(old) ? [] : [[mapping.nodes[old] ?? old, output]])),
  );
}

const obstacle = (code: string, node: string, message: string, mappable: boolean): Obstacle => ({
  code,
  path: `/nodes/${node}`,
  message,
  mappable,
});

function distinct(obstacles: Obstacle[]): Obstacle[] {
  return [...new Map(obstacles.map((each) => [`${each.code} ${each.path}`, each])).values()];
}
