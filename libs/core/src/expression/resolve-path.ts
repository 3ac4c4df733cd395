import type { ASTNode } from '@marcbachmann/cel-js';
import { didYouMean, nameHint } from '../definition/suggest.js';
import { finding, rangeOf, type Finding } from './finding.js';
import { pathOf, type Segment } from './reads.js';
import { DYN, typeName, type ExpressionType } from './type.js';
import { report, type Walk } from './walk.js';

/**
 * The type at the end of a path. Every name on the way must be known, and every value must surely be there unless it
 * is read with `.?`; `asked`: the last name stands in `has()` and may be absent.
 */
export function resolvePath(node: ASTNode, walk: Walk, asked = false): ExpressionType {
  const { base, segments } = pathOf(node);
  const place = start(base, walk);
  for (const [index, segment] of segments.entries()) {
    if (segment.index) walk.typeOf(segment.index, walk);
    if (!place.open) continue;
    step(place, segment, walk, asked && index === segments.length - 1);
  }
  return place.optional ? { kind: 'optional', of: place.type } : place.type;
}

interface Place {
  type: ExpressionType;
  /** Names from the root on, as long as the path is written out. */
  path: string[] | null;
  /** Behind `.?`, absence is allowed. */
  optional: boolean;
  /** False once nothing more can be said. */
  open: boolean;
}

function start(base: ASTNode, walk: Walk): Place {
  if (base.op !== 'id') return enter(walk.typeOf(base, walk), null);
  const bound = walk.bound.get(base.args);
  if (bound) return enter(bound, null);
  const root = Object.hasOwn(walk.here.roots, base.args) ? walk.here.roots[base.args] : undefined;
  if (root) return enter(root, [base.args]);
  report(walk, unknownRoot(base.args, base, walk));
  return { type: DYN, path: null, optional: false, open: false };
}

function enter(type: ExpressionType, path: string[] | null): Place {
  return type.kind === 'optional'
    ? { type: type.of, path, optional: true, open: true }
    : { type, path, optional: false, open: true };
}

function unknownRoot(name: string, node: ASTNode, walk: Walk): Finding {
  const reason = walk.here.elsewhere(name);
  if (reason !== undefined) return finding('ref.scope', rangeOf(node), `'${name}' cannot be read here: ${reason}.`);
  const known = [...Object.keys(walk.here.roots), ...walk.bound.keys()];
  const variable = walk.here.roots['vars'];
  if (variable?.kind === 'object' && Object.hasOwn(variable.fields, name)) {
    return finding('ref.unknown_name', rangeOf(node), `There is no '${name}' here.`, `Variables are read as vars.${name}.`);
  }
  return finding(
    'ref.unknown_name',
    rangeOf(node),
    `There is no '${name}' here.`,
    nameHint(name, known, 'Names that can be read here'),
  );
}

function step(place: Place, segment: Segment, walk: Walk, asked: boolean): void {
  if (segment.optional) place.optional = true;
  const { type } = place;
  if (type.kind === 'dyn') return void stepIntoUntyped(place, segment, walk);
  if (segment.name === null) return void stepByIndex(place, type);
  if (type.kind !== 'object') return void refuse(place, walk, notAnObject(place, segment, type));

  const field = Object.hasOwn(type.fields, segment.name) ? type.fields[segment.name] : undefined;
  if (!field) return void refuse(place, walk, unknownField(place, segment, Object.keys(type.fields), walk));
  const path = place.path ? [...place.path, segment.name] : null;
  if (!place.optional && !asked) {
    const absence = absenceOf(path, segment, field.optional, walk);
    if (absence) return void refuse(place, walk, absence);
  }
  place.path = path;
  place.type = field.type.kind === 'optional' ? field.type.of : field.type;
}

/** Nothing is known below an untyped value; saying so once is enough. */
function stepIntoUntyped(place: Place, segment: Segment, walk: Walk): void {
  if (place.type.kind === 'dyn' && place.type.untyped && !walk.findings.some((found) => found.code === 'expr.untyped')) {
    const what = place.path ? `'${place.path.join('.')}'` : 'This value';
    const hint = 'Give it a schema: output on a node, body or input on a trigger, properties on a variable.';
    report(walk, {
      ...finding('expr.untyped', rangeOf(segment.node), `${what} has no schema, so what is read of it cannot be checked.`, hint),
      severity: 'warning',
    });
  }
  place.open = false;
  place.type = DYN;
}

function stepByIndex(place: Place, type: ExpressionType): void {
  place.path = null;
  if (type.kind === 'list') place.type = type.item;
  else [place.type, place.open] = [DYN, false];
}

function refuse(place: Place, walk: Walk, found: Finding): void {
  report(walk, found);
  place.open = false;
  place.type = DYN;
}

function notAnObject(place: Place, segment: Segment, type: ExpressionType): Finding {
  const owner = place.path ? `'${place.path.join('.')}'` : 'The value';
  return finding('ref.unknown_field', nameRange(segment), `${owner} is a ${typeName(type)} and has no fields.`);
}

function unknownField(place: Place, segment: Segment, known: string[], walk: Walk): Finding {
  const name = segment.name ?? '';
  const owner = place.path?.join('.') ?? 'The value';
  const others = owner === 'event' ? walk.here.triggersWith(name) : [];
  if (others.length > 0) {
    const message = `The event of trigger '${walk.here.trigger ?? ''}' has no field '${name}'.`;
    return finding(
      'ref.unknown_field',
      nameRange(segment),
      message,
      `Guard it with event.trigger == '${others[0] ?? ''}', or assign a variable in the triggers.`,
    );
  }
  const hint = didYouMean(name, known) ?? nameHint(name, known, 'Fields');
  return finding('ref.unknown_field', nameRange(segment), `${owner} has no field '${name}'.`, hint);
}

/** The finding for a plain read of something that may be absent, or undefined when it is surely there. */
function absenceOf(path: string[] | null, segment: Segment, optional: boolean, walk: Walk): Finding | undefined {
  const written = path?.join('.');
  if (written !== undefined && walk.known.has(written)) return undefined;
  const assigned = path ? walk.here.assigned(path) : undefined;
  const name = segment.name ?? '';
  if (assigned === false) {
    const message = `'${written ?? name}' is not assigned on every way here.`;
    return finding(
      'ref.not_assigned',
      nameRange(segment),
      message,
      `Read it with .?${name}.orValue(...), or guard it with has(${written ?? name}).`,
    );
  }
  if (assigned === true || !optional) return undefined;
  return finding(
    'ref.optional',
    nameRange(segment),
    `'${written ?? name}' may be absent.`,
    `Read it with .?${name}.orValue(...), or guard it with has(${written ?? name}).`,
  );
}

/** The offsets of the name itself, at the end of its access. */
function nameRange(segment: Segment): [number, number] {
  const { node, name } = segment;
  const bracket = node.op === '[]' || node.op === '[?]';
  return bracket || name === null ? rangeOf(node) : [node.end - name.length, node.end];
}
