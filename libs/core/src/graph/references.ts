import { TypeChecker, type Types } from '../expression/checker.js';
import { ROOTS } from '../expression/environment.js';
import { finding, type Finding } from '../expression/finding.js';
import type { ScopeTypes } from '../expression/program.js';
import { readsOf } from '../expression/reads.js';
import { resolve } from '../expression/resolve.js';
import { checkSyntax } from '../expression/syntax.js';
import { scanTemplate } from '../expression/template.js';
import { DYN, type ExpressionType } from '../expression/type.js';
import type { Assignments, TriggerFlow } from './assignment.js';
import { eventViews, type EventView } from './event-views.js';
import { hasContact, needsContact, type Outline } from './outline.js';
import type { Problem } from './problem.js';
import type { Site } from './sites.js';
import { checkResult, variableTypeProblems, type Expected } from './result-types.js';
import type { Facts } from './universe.js';

/** The phases ref and expr: does every expression read what is there, and does it fit what it stands for? */
export function checkReferences(
  outline: Outline,
  types: ScopeTypes,
  assignments: Assignments,
  sites: readonly Site[],
): Problem[] {
  const checker = new ExpressionJudge(outline, types, assignments);
  return [...variableTypeProblems(outline), ...sites.flatMap((site) => checker.judge(site))];
}

/** One expression of a site: its source, where it begins, and what it must give. */
interface Part {
  source: string;
  offset: number;
  expected: Expected;
}

class ExpressionJudge {
  readonly #outline: Outline;
  readonly #types: ScopeTypes;
  readonly #assignments: Assignments;
  readonly #checker: TypeChecker;
  readonly #events: ReadonlyMap<string, EventView>;
  /** Types of the names that are everywhere. A node that does not run here may give some, as `each` in a foreach. */
  readonly #shared: Types;
  /** What nodes see, by what it hangs on. */
  readonly #seen = new Map<string, Types>();

  constructor(outline: Outline, types: ScopeTypes, assignments: Assignments) {
    this.#outline = outline;
    this.#types = types;
    this.#assignments = assignments;
    this.#checker = new TypeChecker(definedTypes(types.roots));
    this.#events = eventViews(types.events);
    const runs = [...outline.nodes.values()].every((node) => node.spec);
    this.#shared = { ...(runs ? {} : { each: DYN, incoming: DYN, args: DYN }), ...definedTypes(types.roots) };
  }

  judge(site: Site): Problem[] {
    const { parts, problems } = partsOf(site);
    return [...problems, ...parts.flatMap((part) => this.#judgePart(site, part))];
  }

  #judgePart(site: Site, part: Part): Problem[] {
    const { ast, findings } = checkSyntax(part.source);
    if (!ast || findings.length > 0) return findings.map((found) => problemOf(found, site, part));
    const flows = this.#flowsAt(site);
    const reads = readsOf(ast).map(([root]) => root);
    // Runs of all triggers see the same, unless the expression reads what differs between them.
    const differs = reads.some(
      (root) => root === 'event' || root === 'vars' || root === 'steps' || root === 'contact' || root === 'conversation',
    );
    // Only the event's type differs between triggers, so one check by cel-js serves all where it is not read.
    const checked = new Map<string, Finding[]>();
    const typeFindings = (flow: TriggerFlow): Finding[] => {
      const key = reads.includes('event') ? flow.trigger.id : '';
      const known = checked.get(key) ?? this.#typeFindings(site, part, flow, reads);
      checked.set(key, known);
      return known;
    };
    const judged = (differs ? flows : flows.slice(0, 1)).map((flow) => {
      const found = resolve(ast, this.#surroundings(site, flow)).findings;
      const broken = found.some((one) => one.severity === 'error');
      return { trigger: flow.trigger.id, findings: broken ? found : [...found, ...typeFindings(flow)] };
    });
    return gather(judged, flows.length).map(({ found, trigger }) => ({
      ...problemOf(found, site, part),
      ...(trigger === undefined ? {} : { trigger }),
    }));
  }

  #flowsAt(site: Site): TriggerFlow[] {
    const { at } = site;
    const { flows } = this.#assignments;
    const reached = flows.filter((flow) =>
      at.owner === 'trigger' ? flow.trigger === at.trigger : flow.entering.has(at.node.id),
    );
    // What no run reaches is a problem of the graph; its expressions are still judged, as if every trigger came there.
    return reached.length > 0 ? reached : flows;
  }

  #surroundings(site: Site, flow: TriggerFlow) {
    const facts = factsAt(site, flow);
    const { vars, nodes } = this.#outline;
    return {
      roots: this.#rootsAt(site, flow, 'own'),
      elsewhere: (root: string): string | undefined => elsewhere(root, site, flow),
      assigned: (path: readonly string[]): boolean | undefined => {
        const [root = '', name = ''] = path;
        const fact = path.join('.');
        if (root === 'vars' && path.length === 2) return vars[name]?.default !== undefined || facts.has(fact);
        if (root !== 'steps' || path.length > 3) return undefined;
        // What a node gives is not known while its own fields are wrong; that is said already.
        if (nodes.get(name)?.shape === null) return true;
        return path.length === 2 || this.#assignments.promised(fact) ? facts.has(fact) : undefined;
      },
      trigger: flow.trigger.id,
      triggersWith: (field: string): string[] =>
        [...this.#events].flatMap(([id, { own }]) => (own.kind === 'object' && Object.hasOwn(own.fields, field) ? [id] : [])),
    };
  }

  /** `own`: the event as this trigger makes it. `all`: with the fields of the other triggers, which guards may reach. */
  #rootsAt(site: Site, flow: TriggerFlow, event: 'own' | 'all'): Types {
    const { at, locals } = site;
    // Nodes that may and that may not be without a contact see the same each, but for their locals.
    const key = at.owner === 'node' ? `${event} ${flow.trigger.id} ${needsContact(at.node)}` : undefined;
    let common = key === undefined ? undefined : this.#seen.get(key);
    if (!common) {
      common = this.#commonRoots(site, flow, event);
      if (key !== undefined) this.#seen.set(key, common);
    }
    return Object.keys(locals).length === 0 ? common : { ...common, ...definedTypes(locals) };
  }

  #commonRoots({ at }: Site, flow: TriggerFlow, event: 'own' | 'all'): Types {
    const seen = this.#events.get(flow.trigger.id)?.[event];
    const common: Types = { ...this.#shared, ...(seen ? { event: seen } : {}) };
    const allowed = (root: string): boolean =>
      (at.owner === 'node' || at.only.some((only) => only === root)) && !missingFor(root, at, flow);
    return Object.fromEntries(Object.entries(common).filter(([root]) => allowed(root)));
  }

  #typeFindings(site: Site, part: Part, flow: TriggerFlow, reads: Array<string | undefined>): Finding[] {
    const locals = Object.entries(this.#rootsAt(site, flow, 'all')).filter(
      ([root]) => reads.includes(root) && !Object.hasOwn(this.#types.roots, root),
    );
    const checked = this.#checker.check(part.source, Object.fromEntries(locals));
    if ('finding' in checked) return [checked.finding];
    const wanted = site.variable === undefined ? undefined : this.#outline.vars[site.variable];
    const found = checkResult(checked.type, part.expected, wanted);
    return found ? [finding(found.code, [0, part.source.length], found.message, found.hint)] : [];
  }
}

/** Splits a site into its expressions. */
function partsOf(site: Site): { parts: Part[]; problems: Problem[] } {
  if (site.kind === 'cel')
    return {
      parts: [{ source: site.value, offset: 0, expected: CONDITION.test(site.pointer) ? 'bool' : 'any' }],
      problems: [],
    };
  if (!site.value.includes('{{')) return { parts: [], problems: [] };
  const template = scanTemplate(site.value);
  if ('error' in template) {
    const { message, range } = template.error;
    return {
      parts: [],
      problems: [
        {
          path: site.pointer,
          code: 'expr.syntax',
          severity: 'error',
          message,
          hint: "Literal braces are written {{ '{{' }}.",
          range,
        },
      ],
    };
  }
  const whole = site.kind === 'value' && template.parts.length === 1;
  const parts = template.parts.flatMap((part): Part[] =>
    part.kind === 'literal' ? [] : [{ source: part.source, offset: part.start, expected: whole ? wholeExpected(site) : 'text' }],
  );
  return { parts, problems: [] };
}

const CONDITION = /\/(when|where|match)$/;

/** What a fork goes over and what a mapping begins with is a list; any other value may be anything. */
function wholeExpected({ pointer, at }: Site): Expected {
  if (at.owner !== 'node') return 'any';
  const place = pointer.slice(at.node.pointer.length);
  const isList = (at.node.spec?.fork && place === '/with/items') || (at.node.spec?.mapping && place === '/with/from');
  return isList ? 'list' : 'any';
}

/** What all triggers have in common is said once; the rest names its trigger. */
function gather(
  judged: Array<{ trigger: string; findings: Finding[] }>,
  triggers: number,
): Array<{ found: Finding; trigger?: string }> {
  const byKey = new Map<string, { found: Finding; triggers: string[] }>();
  for (const { trigger, findings } of judged) {
    for (const found of findings) {
      const key = `${found.code} ${found.range.join('-')} ${found.message}`;
      const known = byKey.get(key);
      if (known) known.triggers.push(trigger);
      else byKey.set(key, { found, triggers: [trigger] });
    }
  }
  return [...byKey.values()].flatMap((entry) =>
    entry.triggers.length === judged.length || triggers === 1
      ? [{ found: entry.found }]
      : entry.triggers.map((trigger) => ({ found: entry.found, trigger })),
  );
}

/** Offsets of a finding count in the string that the pointer names, because a text may hold several expressions. */
function problemOf(found: Finding, site: Site, part: Part): Problem {
  const { code, severity, message, hint, range } = found;
  return {
    path: site.pointer,
    code,
    severity,
    message,
    ...(hint === undefined ? {} : { hint }),
    range: [range[0] + part.offset, range[1] + part.offset],
  };
}

/** Where no run comes, nothing is said to be missing: that nothing leads there is the problem. */
const EVERYTHING: Facts = { has: () => true };

function factsAt({ at }: Site, flow: TriggerFlow): Facts {
  if (at.owner === 'trigger') return EVERYTHING;
  const entering = flow.entering.get(at.node.id);
  if (!entering) return EVERYTHING;
  return at.assigns === undefined ? entering : flow.assigning(at.node, at.assigns);
}

/** Why a name of the language is not there at a site; undefined when it is no such name. */
function elsewhere(root: string, site: Site, flow: TriggerFlow): string | undefined {
  if (!ROOTS.some((known) => known === root)) return undefined;
  if (missingFor(root, site.at, flow)) return `runs of trigger '${flow.trigger.id}' have no contact`;
  if (site.at.owner === 'trigger') return `here only ${site.at.only.join(', ')} can be read`;
  return PLACES[root] ?? 'it belongs to other places';
}

const PLACES: Record<string, string> = {
  output: 'it is the result of a node, in its assign',
  value: 'it is the answer to a question, in its checks',
  each: 'it is the item of a transform or foreach',
  args: 'it is what a model filled in for a tool',
  incoming: 'it is the event that wait.event looks at',
};

/** A run without contact has no conversation either. At a message that is a problem of its own (`flow.no_contact`). */
function missingFor(root: string, at: Site['at'], { trigger }: TriggerFlow): boolean {
  if ((root !== 'contact' && root !== 'conversation') || hasContact(trigger)) return false;
  return at.owner === 'trigger' || !needsContact(at.node);
}

function definedTypes(roots: Partial<Record<string, ExpressionType>>): Types {
  return Object.fromEntries(Object.entries(roots).flatMap(([name, type]) => (type ? [[name, type]] : [])));
}
