import { checkValue } from '../definition/check-value.js';
import { WorkflowError } from '../failure.js';
import type { Json, JsonObject } from '../json.js';
import { hasEnded } from '../machine/draft.js';
import { scopeOf } from '../machine/scope.js';
import type { ExecutionState } from '../machine/state.js';
import { explain } from '../machine/variables.js';
import { isSameKind, type Mapping, type Obstacle } from './mapping.js';
import type { Move } from './move.js';
import { checkPlaces } from './places.js';
import type { MovableVersion } from './version.js';

export type Plan = { move: Move } | { obstacles: Obstacle[] };

/** What a run had before it moved here and what that move left; variables that nothing has touched since get it back. */
export interface Restore {
  before: JsonObject;
  left: JsonObject;
}

/**
 * How a run would move from one version to another: with everything that the new one takes for granted where the run
 * stands. All obstacles come at once. `at`: time of the move, for expressions.
 */
export function planMove(
  from: MovableVersion,
  to: MovableVersion,
  state: ExecutionState,
  mapping: Mapping,
  at: string,
  restore?: Restore,
): Plan {
  const still = restless(state) ?? triggerProblem(from, to, state);
  if (still !== null) return { obstacles: [still] };
  const { vars, misfits, failed } = movedVars(from, to, state, mapping, at, restore);
  const forget = forgotten(from, to, mapping);
  const places = checkPlaces({ from, to, state, mapping, vars, forget }).map((each) => withCause(each, failed));
  const obstacles = [...misfits, ...places, ...ceilingProblems(to, state)];
  return obstacles.length > 0 ? { obstacles } : { move: { nodes: mapping.nodes, forget, vars } };
}

/** A run that is at work is between two versions' rules: it moves when it waits. */
function restless(state: ExecutionState): Obstacle | null {
  const problem = (code: string, message: string): Obstacle => ({ code, path: '', message, mappable: false });
  if (hasEnded(state)) return problem('run.ended', 'The run has ended.');
  if (state.ending !== undefined) return problem('run.ending', 'The run is undoing its steps and about to end.');
  const working = state.tokens.some(({ phase }) => phase.kind === 'running');
  return working ? problem('run.working', 'A node of the run is at work. Try again when it waits.') : null;
}

function triggerProblem(from: MovableVersion, to: MovableVersion, state: ExecutionState): Obstacle | null {
  const [was, is] = [from.graph.triggers[state.trigger], to.graph.triggers[state.trigger]];
  if (is !== undefined && is.type === was?.type) return null;
  const message = `The run was started by the trigger "${state.trigger}", which the new version does not have with that type.`;
  return { code: 'trigger.missing', path: '/triggers', message, mappable: false };
}

interface MovedVars {
  vars: JsonObject;
  misfits: Obstacle[];
  /** Why an expression gave no value. That is in the way only where the value is needed. */
  failed: Map<string, string>;
}

function movedVars(
  from: MovableVersion,
  to: MovableVersion,
  state: ExecutionState,
  mapping: Mapping,
  at: string,
  restore: Restore | undefined,
): MovedVars {
  const moved: MovedVars = { vars: {}, misfits: [], failed: new Map() };
  const valueOf = (name: string): Json | undefined => {
    const source = mapping.vars[name];
    if (source === undefined) return carried(name, state.vars, restore);
    try {
      return from.evaluate(source, scopeOf(from.graph, state, null, at));
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error;
      moved.failed.set(name, error.failure.message);
      return undefined;
    }
  };
  for (const [name, { schema }] of Object.entries(to.graph.vars)) {
    const checked = checkValue(schema, valueOf(name));
    if ('value' in checked && checked.value !== undefined) moved.vars[name] = checked.value;
    if ('value' in checked) continue;
    const message = `The value of vars.${name} does not fit the new version: ${explain(checked.problems)}. Map it to an expression.`;
    moved.misfits.push({ code: 'vars.misfit', path: `/vars/${name}`, message, mappable: true });
  }
  return moved;
}

function withCause(obstacle: Obstacle, failed: ReadonlyMap<string, string>): Obstacle {
  const cause = obstacle.code === 'vars.missing' ? failed.get(obstacle.path.slice('/vars/'.length)) : undefined;
  return cause === undefined ? obstacle : { ...obstacle, code: 'vars.expression', message: `${obstacle.message} ${cause}` };
}

function carried(name: string, vars: JsonObject, restore: Restore | undefined): Json | undefined {
  const now = vars[name];
  if (restore === undefined) return now;
  const untouched = JSON.stringify(now) === JSON.stringify(restore.left[name]);
  return untouched && restore.before[name] !== undefined ? restore.before[name] : now;
}

/** Nodes whose outputs and visits mean something else in the new version, so that they are not carried over. */
function forgotten(from: MovableVersion, to: MovableVersion, { nodes }: Mapping): string[] {
  const taken = new Set(Object.values(nodes));
  return Object.keys(from.graph.nodes).filter((old) => {
    const name = nodes[old] ?? old;
    if (nodes[old] === undefined && taken.has(old)) return true;
    const [was, is] = [from.graph.nodes[old], to.graph.nodes[name]];
    return is !== undefined && was !== undefined && !isSameKind(was, is);
  });
}

function ceilingProblems({ graph }: MovableVersion, { counters }: ExecutionState): Obstacle[] {
  if (counters.steps < graph.limits.maxSteps) return [];
  const message = `The run has made ${counters.steps} steps, and the new version allows ${graph.limits.maxSteps}.`;
  return [{ code: 'limit.steps', path: '/limits/maxSteps', message, mappable: false }];
}
