import { decideTrigger } from '../expression/guards.js';
import { checkSyntax } from '../expression/syntax.js';
import { isObject } from '../expression/convert.js';
import { isTaken, portOfTarget, type Edge } from './edges.js';
import { JoinFacts, keepCommon } from './join-facts.js';
import { hasContact, needsContact, type Outline, type OutlineNode, type OutlineTrigger } from './outline.js';
import type { Regions } from './regions.js';
import { type Facts, Universe } from './universe.js';
import { forwardOrder, Worklist } from './worklist.js';

/** Where the runs of one trigger can come, and what is assigned there on every way. */
export interface TriggerFlow {
  trigger: OutlineTrigger;
  /** By node id; nodes that the trigger's runs cannot reach are not in it. */
  entering: Map<string, Facts>;
  /** What holds when a node is done and has saved its result, with those of its assignments that stand before `path`. */
  assigning(node: OutlineNode, path: string): Facts;
}

export interface Assignments {
  flows: TriggerFlow[];
  /** True: some port of the node always gives this field, so its absence is a matter of the way and not of the schema. */
  promised(fact: string): boolean;
}

/**
 * Definite assignment: a forward analysis over the graph, once per trigger. A fact holds at a node when it holds on all
 * ways to it. A switch case that only looks at `event.trigger` is decided per trigger.
 */
export function analyseAssignments(outline: Outline, edges: readonly Edge[], regions: Regions): Assignments {
  const universe = new Universe(outline);
  const decided = decidedPorts(outline);
  const outgoing = new Map<string, Edge[]>();
  for (const edge of edges) {
    if (!isTaken(edge, outline)) continue;
    const known = outgoing.get(edge.from);
    if (known) known.push(edge);
    else outgoing.set(edge.from, [edge]);
  }
  const order = forwardOrder(outline.start, (id) => (outgoing.get(id) ?? []).map(({ to }) => to));
  const flows = outline.triggers.map((trigger) => flowOf(trigger, outline, { outgoing, order }, universe, decided, regions));
  return { flows, promised: (fact) => universe.index.has(fact) };
}

function flowOf(
  trigger: OutlineTrigger,
  outline: Outline,
  { outgoing, order }: { outgoing: ReadonlyMap<string, Edge[]>; order: readonly string[] },
  universe: Universe,
  decided: (node: string, port: string, trigger: string) => boolean,
  regions: Regions,
): TriggerFlow {
  const entering = new Map<string, Uint32Array>();
  const joins = new JoinFacts(regions, entering);
  const start = universe.none();
  for (const path of Object.keys(isObject(trigger.raw['assign']) ? trigger.raw['assign'] : {})) universe.add(start, path);

  const open = new Worklist(order);
  const enter = (id: string, facts: Uint32Array, again = false): void => {
    if (!outline.nodes.has(id)) return;
    const before = entering.get(id);
    if (!before) entering.set(id, facts.slice());
    else if (!keepCommon(before, facts) && !again) return;
    open.add(id);
  };
  if (outline.start !== undefined) enter(outline.start, start);
  for (const id of open) {
    const facts = entering.get(id) ?? start;
    // Without a contact a run fails at its first message, so nothing behind that is a matter of this trigger.
    if (!hasContact(trigger) && needsContact(outline.nodes.get(id))) continue;
    for (const edge of outgoing.get(id) ?? []) {
      if (!decided(id, edge.port, trigger.id)) continue;
      const after = universe.along(edge, joins.leaving(edge) ?? facts);
      const region = edge.kind === 'command' ? regions.outermost(id) : undefined;
      // A command leaves a region by no join, and what was done in its branches stays behind.
      if (region) enter(edge.to, universe.without(after, region.members));
      else if (joins.closes(edge)) joins.arrive(edge, after);
      else enter(edge.to, after);
    }
    // What leaves a join may hang on what holds at its fork alone.
    for (const { join, facts, fork } of joins.entered(id)) enter(join, facts, fork === id);
  }
  return {
    trigger,
    entering: new Map([...entering].map(([id, facts]) => [id, universe.view(facts)])),
    assigning: (node, path) => {
      const edge: Edge = { from: node.id, to: '', kind: 'port', port: 'next', pointer: node.pointer };
      return universe.view(universe.along(edge, joins.leaving(edge) ?? entering.get(node.id) ?? start, path));
    },
  };
}

/** Whether a port of a switch can be taken by the runs of a trigger, as far as its cases only look at the trigger. */
function decidedPorts(outline: Outline): (node: string, port: string, trigger: string) => boolean {
  const closed = new Set<string>();
  for (const node of outline.nodes.values()) {
    const cases = node.spec?.type === 'switch' && Array.isArray(node.raw['cases']) ? node.raw['cases'] : [];
    const conditions = cases.map((branch) =>
      isObject(branch) && typeof branch['when'] === 'string' ? checkSyntax(branch['when']).ast : null,
    );
    for (const { id: trigger } of outline.triggers) {
      let taken = false;
      for (const [index, condition] of conditions.entries()) {
        const decision = condition ? decideTrigger(condition, trigger) : undefined;
        if (taken || decision === false) closed.add(`${node.id} ${portOfTarget(`/cases/${index}/next`)} ${trigger}`);
        taken ||= decision === true;
      }
      if (taken) closed.add(`${node.id} default ${trigger}`);
    }
  }
  return (node, port, trigger) => !closed.has(`${node} ${port} ${trigger}`);
}
