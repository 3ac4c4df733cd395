import { ParseError, EvaluationError, TypeError as CelTypeError, type ASTNode } from '@marcbachmann/cel-js';
import { terminal, WorkflowError } from '../failure.js';
import type { Scope } from '../graph/compiled-graph.js';
import type { Json } from '../json.js';
import { fromCel } from './convert.js';
import { parse, type Root } from './environment.js';
import { readerOf, readsOf, readTree } from './reads.js';
import { DYN, type ExpressionType } from './type.js';

/** The types by which JSON values enter an expression. `events`: the event's type by trigger, as they may differ. */
export interface ScopeTypes {
  roots: Partial<Record<Root, ExpressionType>>;
  events: Record<string, ExpressionType>;
}

/** A compiled expression. Parsed once; running it reads only the paths that it names. */
export interface Program {
  source: string;
  ast: ASTNode;
  /** Throws WorkflowError `expr.failed`. The result is still in the expression language's own types. */
  run(scope: Scope): unknown;
}

/** Throws cel-js' ParseError: the caller has checked the source, or turns it into a problem. */
export function compileProgram(source: string, types: ScopeTypes): Program {
  const parsed = parse(source);
  const inputs = inputsOf(parsed.ast, types);
  const run = (scope: Scope): unknown => {
    try {
      const context: Record<string, unknown> = {};
      for (const input of inputs) context[input.root] = input.read(scope);
      return parsed(context);
    } catch (error) {
      throw failureOf(error, source);
    }
  };
  return { source, ast: parsed.ast, run };
}

/** The result of a program as JSON. */
export function evaluate(program: Program, scope: Scope): Json {
  const result = program.run(scope);
  try {
    return fromCel(result);
  } catch (error) {
    throw failureOf(error, program.source);
  }
}

interface Input {
  root: string;
  read(scope: Scope): unknown;
}

function inputsOf(ast: ASTNode, types: ScopeTypes): Input[] {
  const tree = readTree(readsOf(ast));
  return [...tree.below].map(([root, below]): Input => {
    const take = SCOPE_VALUES[root] ?? (() => undefined);
    if (root !== 'event') {
      const reader = readerOf(below, typeOfRoot(types, root));
      return { root, read: (scope) => reader(take(scope) ?? {}) };
    }
    const byTrigger = new Map(Object.entries(types.events).map(([trigger, type]) => [trigger, readerOf(below, type)]));
    const untyped = readerOf(below, DYN);
    return {
      root,
      read: (scope) => {
        const event = scope.event ?? {};
        const trigger = event['trigger'];
        return ((typeof trigger === 'string' ? byTrigger.get(trigger) : undefined) ?? untyped)(event);
      },
    };
  });
}

function typeOfRoot(types: ScopeTypes, root: string): ExpressionType {
  const known: Record<string, ExpressionType | undefined> = types.roots;
  return known[root] ?? DYN;
}

const SCOPE_VALUES: Record<string, (scope: Scope) => Json | undefined> = {
  event: (scope) => scope.event,
  vars: (scope) => scope.vars,
  steps: (scope) => scope.steps,
  run: (scope) => scope.run,
  contact: (scope) => scope.contact,
  conversation: (scope) => scope.conversation,
  tenant: (scope) => scope.tenant,
  step: (scope) => scope.step,
  output: (scope) => scope.output,
  value: (scope) => scope.value,
  each: (scope) => scope.each,
  incoming: (scope) => scope.incoming,
  args: (scope) => scope.args,
};

/** The message names the author's own source and the kind of mistake; values of the run are never repeated. */
function failureOf(error: unknown, source: string): WorkflowError {
  if (error instanceof WorkflowError) return error;
  if (error instanceof EvaluationError || error instanceof CelTypeError || error instanceof ParseError) {
    const place = error.node ? source.slice(error.node.start, error.node.end) : source;
    return terminal(
      'expr.failed',
      `The expression failed at \`${shorten(place)}\`: ${REASONS[error.code] ?? 'it cannot be computed with these values'}.`,
    );
  }
  return terminal('expr.failed', `The expression \`${shorten(source)}\` cannot be computed with these values.`);
}

function shorten(source: string): string {
  return source.length > 200 ? `${source.slice(0, 197)}...` : source;
}

const REASONS: Record<string, string> = {
  no_such_key: 'there is nothing of this name; read it with .? and orValue()',
  index_out_of_bounds: 'the list is shorter; guard it with size()',
  optional_value_missing: 'the value is absent; use orValue()',
  no_such_overload: 'the operator does not take values of these types',
  no_matching_overload: 'the function does not take values of these types',
  invalid_timestamp: 'the text is not an ISO 8601 time',
  int_conversion_error: 'the text is not a whole number',
  double_conversion_error: 'the text is not a number',
  division_by_zero: 'a number is divided by zero',
  modulo_by_zero: 'a number is divided by zero',
  numeric_overflow: 'a number is too large',
  unknown_variable: 'this scope is not there',
};
