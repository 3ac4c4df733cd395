import type { Environment } from '@marcbachmann/cel-js';
import { library, runs } from './environment.js';
import { finding, type Finding } from './finding.js';
import type { ExpressionType } from './type.js';

export type Types = Record<string, ExpressionType>;

/**
 * Type-checks expressions with cel-js. The names that are the same everywhere in a document are declared once;
 * the others (`event`, `output`, `value`) in a clone per set of types.
 */
export class TypeChecker {
  readonly #shared: Environment;
  readonly #objects = new Map<string, { name: string; fields: Record<string, string> }>();
  readonly #declared = new Set<string>();
  readonly #clones = new Map<string, Environment>();

  constructor(shared: Types) {
    this.#shared = library.clone();
    this.#declare(this.#shared, shared, this.#declared);
  }

  /** The type of the result by cel-js' name for it, or what is wrong. */
  check(source: string, locals: Types): { type: string } | { finding: Finding } {
    const result = this.#environment(locals).check(source);
    if (result.valid) {
      if (runs(source)) return { type: result.type ?? 'dyn' };
      return {
        finding: finding(
          'expr.type',
          [0, source.length],
          'The expression fits its types but cannot be run.',
          'Write it in a simpler way.',
        ),
      };
    }
    const error = result.error;
    const range: [number, number] = error?.node ? [error.node.start, error.node.end] : [0, source.length];
    const summary = (error?.summary ?? 'the types do not fit')
      .replace(/object#\d+/g, 'object')
      .replace(/google\.protobuf\./g, '')
      .replace(/\.$/, '');
    return { finding: finding('expr.type', range, `The types do not fit: ${summary}.`, hintFor(summary)) };
  }

  #environment(locals: Types): Environment {
    const key = Object.entries(locals)
      .map(([name, type]) => `${name}:${this.#nameOf(type)}`)
      .sort()
      .join(' ');
    if (key === '') return this.#shared;
    let clone = this.#clones.get(key);
    if (!clone) {
      clone = this.#shared.clone();
      this.#declare(clone, locals, new Set(this.#declared));
      this.#clones.set(key, clone);
    }
    return clone;
  }

  #declare(environment: Environment, types: Types, declared: Set<string>): void {
    for (const [name, type] of Object.entries(types)) {
      this.#register(environment, type, declared);
      environment.registerVariable(name, this.#nameOf(type));
    }
  }

  #register(environment: Environment, type: ExpressionType, declared: Set<string>): void {
    if (type.kind === 'list') return void this.#register(environment, type.item, declared);
    if (type.kind === 'optional') return void this.#register(environment, type.of, declared);
    if (type.kind !== 'object') return;
    const name = this.#nameOf(type);
    if (declared.has(name)) return;
    declared.add(name);
    for (const field of Object.values(type.fields)) this.#register(environment, field.type, declared);
    environment.registerType(name, { fields: this.#fieldsOf(name) });
  }

  #fieldsOf(name: string): Record<string, string> {
    for (const object of this.#objects.values()) if (object.name === name) return object.fields;
    return {};
  }

  /**
   * Objects with the same fields share a type. Their names are numbered anew for each document, because cel-js keeps
   * the names (not the fields) of all types for ever.
   */
  #nameOf(type: ExpressionType): string {
    switch (type.kind) {
      case 'timestamp':
        return 'google.protobuf.Timestamp';
      case 'list':
        return `list<${this.#nameOf(type.item)}>`;
      case 'optional':
        return `optional<${this.#nameOf(type.of)}>`;
      case 'object': {
        const known = this.#names.get(type);
        if (known !== undefined) return known;
        const fields = Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, this.#nameOf(field.type)]));
        const signature = JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
        let object = this.#objects.get(signature);
        if (!object) this.#objects.set(signature, (object = { name: `object#${this.#objects.size + 1}`, fields }));
        this.#names.set(type, object.name);
        return object.name;
      }
      default:
        return type.kind;
    }
  }

  readonly #names = new Map<ExpressionType, string>();
}

function hintFor(summary: string): string | undefined {
  if (/double.*\bint\b|\bint\b.*double/.test(summary))
    return 'Whole numbers and decimals do not mix: write 1.0, double(x) or int(x).';
  if (/string \+|\+ string/.test(summary)) return 'Turn the other side into text with string(x).';
  if (/optional/.test(summary)) return 'Take the value out of the optional with orValue(...).';
  return undefined;
}
