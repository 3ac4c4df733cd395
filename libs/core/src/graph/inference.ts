import { isObject } from '../expression/convert.js';
import type { ScopeTypes } from '../expression/program.js';
import { readsOf } from '../expression/reads.js';
import { resolve } from '../expression/resolve.js';
import { checkSyntax } from '../expression/syntax.js';
import { scanTemplate, wholeExpression } from '../expression/template.js';
import { BOOL, DYN, INT, mergeTypes, objectType, STRING, UNTYPED, type ExpressionType, type Field } from '../expression/type.js';
import type { Json } from '../json.js';
import type { Outline, OutlineNode } from './outline.js';
import { outputsByPort, outputSchema, outputType } from './outputs.js';
import { forkOf, joinOf, type Regions } from './regions.js';

type Types = Record<string, ExpressionType>;

/**
 * Types that no schema says but the document does: what a transform makes of each item, what a foreach goes over and
 * what it collects. Nodes ask for one another's types as their expressions read them; a circle is untyped.
 */
export class Inference {
  readonly #fixed: Types;
  readonly #event: ExpressionType;
  readonly #steps = new Map<string, ExpressionType>();
  readonly #items = new Map<string, ExpressionType>();
  readonly #underWay = new Set<string>();

  constructor(
    private readonly outline: Outline,
    private readonly regions: Regions,
    { roots, events }: ScopeTypes,
  ) {
    this.#fixed = Object.fromEntries(Object.entries(roots));
    this.#event =
      Object.values(events).reduce<ExpressionType | undefined>(
        (merged, type) => (merged ? mergeTypes(merged, type) : type),
        undefined,
      ) ?? DYN;
  }

  /** `steps.<node>`: what any of the node's ports may have left there. */
  step(node: OutlineNode): ExpressionType {
    const known = this.#steps.get(node.id);
    if (known) return known;
    if (!node.spec || !node.shape || this.#underWay.has(node.id)) return DYN;
    this.#underWay.add(node.id);
    const others = Object.entries(outputsByPort(node)).filter(([port]) => port !== 'next');
    const types = [...(node.spec.hasNext ? [this.output(node)] : []), ...others.map(([, schema]) => outputType(schema))];
    const [first, ...rest] = types;
    const type = first ? rest.reduce(mergeTypes, first) : objectType({});
    this.#underWay.delete(node.id);
    // What was found on the way round a circle is found again when the circle is entered elsewhere.
    if (this.#underWay.size === 0) this.#steps.set(node.id, type);
    return type;
  }

  /** The output on `next`. A schema that the author has given is the last word. */
  output(node: OutlineNode): ExpressionType {
    const declared = outputType(outputSchema(node));
    if (!node.spec || !node.shape || node.definition?.output || declared.kind !== 'object') return declared;
    const mapping = node.spec.mapping?.(node.shape);
    if (mapping) {
      const value = this.#typeOf(mapping.value, node, '/with/value');
      return withField(declared, 'value', mapping.from === undefined ? value : { kind: 'list', item: value });
    }
    const collect = joinOf(node)?.collect;
    if (collect === undefined || this.regions.closedBy(node.id)?.fork.kind !== 'foreach') return declared;
    return withField(declared, 'items', { kind: 'list', item: this.#typeOf(collect, node, '/with/collect') });
  }

  /** `each`, where an expression of the node sees it: the item of a transform, or of the foreach around. */
  each(node: OutlineNode, pointer: string): { each?: ExpressionType } {
    const place = pointer.slice(node.pointer.length);
    const mapping = node.shape ? node.spec?.mapping?.(node.shape) : undefined;
    if (mapping?.from !== undefined && place.startsWith('/with/') && !place.startsWith('/with/from')) {
      const item = itemOf(this.#typeOf(mapping.from, node, '/with/from'));
      const isMapped = place === '/with/distinctBy' || place === '/with/sortBy';
      return {
        each: objectType({ item, index: INT, ...(isMapped ? { value: this.#typeOf(mapping.value, node, '/with/value') } : {}) }),
      };
    }
    const closed = place.startsWith('/with/collect') ? this.regions.closedBy(node.id) : undefined;
    const foreach = closed?.fork.kind === 'foreach' ? closed : this.regions.foreachAround(node.id);
    const fork = foreach && forkOf(foreach.node);
    if (!foreach || fork?.kind !== 'foreach') return {};
    return { each: this.#iteration(foreach.node, fork.items) };
  }

  /** Every expression in a foreach may ask for it. */
  #iteration(foreach: OutlineNode, items: Json): ExpressionType {
    const known = this.#items.get(foreach.id);
    if (known) return known;
    const type = objectType({ item: itemOf(this.#typeOf(items, foreach, '/with/items')), index: INT });
    if (this.#underWay.size === 0) this.#items.set(foreach.id, type);
    return type;
  }

  /** The type of a `value` of the document: JSON whose strings may be expressions. */
  #typeOf(value: Json, node: OutlineNode, place: string): ExpressionType {
    if (typeof value === 'string') return this.#typeOfText(value, node, place);
    if (typeof value === 'number') return Number.isInteger(value) ? INT : { kind: 'double' };
    if (typeof value === 'boolean') return BOOL;
    if (Array.isArray(value)) {
      const [first, ...rest] = value.map((item) => this.#typeOf(item, node, place));
      return { kind: 'list', item: first ? rest.reduce(mergeTypes, first) : UNTYPED };
    }
    if (!isObject(value)) return DYN;
    const fields: Record<string, Field> = {};
    for (const [name, part] of Object.entries(value)) {
      const type = this.#typeOf(part, node, place);
      fields[name] = type.kind === 'optional' ? { type: type.of, optional: true } : { type, optional: false };
    }
    return { kind: 'object', fields };
  }

  #typeOfText(text: string, node: OutlineNode, place: string): ExpressionType {
    const template = scanTemplate(text);
    const whole = 'error' in template ? undefined : wholeExpression(template.parts);
    if (!whole) return STRING;
    const { ast } = checkSyntax(whole.source);
    if (!ast) return DYN;
    const reads = readsOf(ast);
    const { type } = resolve(ast, {
      roots: this.#rootsFor(reads, node, node.pointer + place),
      elsewhere: () => undefined,
      assigned: () => true,
      trigger: undefined,
      triggersWith: () => [],
    });
    return type.kind === 'timestamp' ? STRING : type;
  }

  #rootsFor(reads: string[][], node: OutlineNode, pointer: string): Types {
    const roots: Types = { ...this.#fixed, event: this.#event };
    const steps: Types = {};
    for (const [root, name] of reads) {
      if (root !== 'steps') continue;
      const read = name === undefined ? undefined : this.outline.nodes.get(name);
      if (read) steps[read.id] = this.step(read);
    }
    roots['steps'] = reads.some(([root, name]) => root === 'steps' && name === undefined) ? DYN : objectType(steps);
    if (reads.some(([root]) => root === 'each')) Object.assign(roots, this.each(node, pointer));
    return roots;
  }
}

function itemOf(type: ExpressionType): ExpressionType {
  return type.kind === 'list' ? type.item : DYN;
}

function withField(type: ExpressionType & { kind: 'object' }, name: string, field: ExpressionType): ExpressionType {
  const entry = field.kind === 'optional' ? { type: field.of, optional: true } : { type: field, optional: false };
  return { kind: 'object', fields: { ...type.fields, [name]: entry } };
}
