import type { ASTNode } from '@marcbachmann/cel-js';
import { nameHint } from '../definition/suggest.js';
import { FUNCTION_NAMES, FUNCTION_RESULTS } from './environment.js';
import { finding, rangeOf, type Finding } from './finding.js';
import { decideTrigger, knownFrom } from './guards.js';
import { childrenOf, macroVariable } from './reads.js';
import { resolvePath } from './resolve-path.js';
import { BOOL, DYN, INT, STRING, TIMESTAMP, type ExpressionType } from './type.js';
import { report, type Surroundings, type Walk } from './walk.js';

/**
 * Follows every path of an expression through the types. cel-js checks plain accesses only: unknown fields behind `.?`
 * and in `has()`, values that are not assigned yet, and values outside an enum are found here.
 */
export function resolve(ast: ASTNode, here: Surroundings): { type: ExpressionType; findings: Finding[] } {
  const walk: Walk = { here, bound: new Map(), known: new Set(), dead: false, findings: [], typeOf };
  const type = typeOf(ast, walk);
  return { type, findings: walk.findings };
}

function typeOf(node: ASTNode, walk: Walk): ExpressionType {
  switch (node.op) {
    case 'value':
      return literalType(node.args);
    case 'id':
    case '.':
    case '.?':
    case '[]':
    case '[?]':
      return resolvePath(node, walk);
    case 'call':
      return callType(node, node.args[0], node.args[1], walk);
    case 'rcall':
      return methodType(node.args[0], node.args[1], node.args[2], walk);
    case '&&':
      typeOf(node.args[0], walk);
      typeOf(node.args[1], under(node.args[0], true, walk));
      return BOOL;
    case '||':
      typeOf(node.args[0], walk);
      typeOf(node.args[1], under(node.args[0], false, walk));
      return BOOL;
    case '?:':
      return choiceType(node.args, walk);
    case 'list': {
      const [first] = node.args.map((item) => typeOf(item, walk));
      return { kind: 'list', item: first ?? DYN };
    }
    case '==':
    case '!=':
    case 'in':
      compare(node.args[0], node.args[1], walk);
      return BOOL;
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '!_':
      childrenOf(node).forEach((child) => typeOf(child, walk));
      return BOOL;
    case 'map':
      childrenOf(node).forEach((child) => typeOf(child, walk));
      return DYN;
    default: {
      const [left = DYN] = childrenOf(node).map((child) => typeOf(child, walk));
      return left.kind === 'timestamp' || left.kind === 'list' ? DYN : withoutChoices(left);
    }
  }
}

/** The walk under a condition that is known to be true or false. */
function under(condition: ASTNode, truth: boolean, walk: Walk): Walk {
  const decided = walk.here.trigger === undefined ? undefined : decideTrigger(condition, walk.here.trigger);
  return {
    ...walk,
    known: new Set([...walk.known, ...knownFrom(condition, truth)]),
    dead: walk.dead || (decided !== undefined && decided !== truth),
  };
}

function choiceType([condition, yes, no]: readonly [ASTNode, ASTNode, ASTNode], walk: Walk): ExpressionType {
  typeOf(condition, walk);
  const left = typeOf(yes, under(condition, true, walk));
  const right = typeOf(no, under(condition, false, walk));
  return left.kind === right.kind ? withoutChoices(left) : DYN;
}

function callType(node: ASTNode, name: string, args: ASTNode[], walk: Walk): ExpressionType {
  const [first] = args;
  if (name === 'has' && first) {
    resolvePath(first, walk, true);
    return BOOL;
  }
  const [subject = DYN] = args.map((argument) => typeOf(argument, walk));
  if (!FUNCTION_NAMES.has(name)) {
    const hint = name === 'now' ? 'The time of the step is run.now.' : nameHint(name, FUNCTION_NAMES, 'Functions');
    report(walk, finding('ref.unknown_name', [node.start, node.start + name.length], `There is no function '${name}'.`, hint));
  }
  switch (name) {
    case 'slice':
    case 'unique':
      return subject;
    case 'first':
    case 'last':
      return { kind: 'optional', of: subject.kind === 'list' ? subject.item : DYN };
    case 'min':
    case 'max':
    case 'sum':
      return subject.kind === 'list' ? withoutChoices(subject.item) : DYN;
    default:
      return resultType(name);
  }
}

function methodType(name: string, receiver: ASTNode, args: ASTNode[], walk: Walk): ExpressionType {
  const variable = macroVariable(name, receiver, args);
  if (name === 'bind' && variable !== undefined && args[1] && args[2]) {
    const bound = typeOf(args[1], walk);
    return typeOf(args[2], binding(walk, variable, bound));
  }
  const subject = typeOf(receiver, walk);
  if (variable !== undefined) {
    const inner = binding(walk, variable, subject.kind === 'list' ? subject.item : DYN);
    const [, ...bodies] = args;
    const types = bodies.map((body) => typeOf(body, inner));
    if (name === 'filter') return subject;
    return name === 'map' ? { kind: 'list', item: types.at(-1) ?? DYN } : BOOL;
  }
  const types = args.map((argument) => typeOf(argument, walk));
  if (name === 'orValue' || name === 'value') return subject.kind === 'optional' ? subject.of : (types[0] ?? DYN);
  if (name === 'or') return subject;
  return name === 'hasValue' ? BOOL : resultType(name);
}

function binding(walk: Walk, name: string, type: ExpressionType): Walk {
  return { ...walk, bound: new Map([...walk.bound, [name, type]]) };
}

/** A value with an enum can only be compared with what the enum allows. */
function compare(left: ASTNode, right: ASTNode, walk: Walk): void {
  const types = [typeOf(left, walk), typeOf(right, walk)] as const;
  for (const [type, other] of [
    [types[0], right],
    [types[1], left],
  ] as const) {
    const choices = choicesOf(type);
    if (!choices) continue;
    for (const literal of other.op === 'list' ? other.args : [other]) {
      if (literal.op !== 'value' || literal.args === null) continue;
      const value = typeof literal.args === 'bigint' ? Number(literal.args) : literal.args;
      if (choices.some((choice) => choice === value)) continue;
      const hint =
        typeof value === 'string' ? nameHint(value, choices.map(String), 'It is one of') : `It is one of: ${choices.join(', ')}.`;
      report(walk, finding('expr.enum_value', rangeOf(literal), 'The value can never be this.', hint));
    }
  }
}

function choicesOf(type: ExpressionType): readonly unknown[] | undefined {
  if (type.kind === 'optional') return choicesOf(type.of);
  return 'choices' in type ? type.choices : undefined;
}

function withoutChoices(type: ExpressionType): ExpressionType {
  return 'choices' in type ? { kind: type.kind } : type;
}

function literalType(value: unknown): ExpressionType {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'bigint':
      return INT;
    case 'number':
      return { kind: 'double' };
    case 'boolean':
      return BOOL;
    default:
      return DYN;
  }
}

function resultType(name: string): ExpressionType {
  const result = FUNCTION_RESULTS.get(name);
  if (result === 'string' || result === 'int' || result === 'double' || result === 'bool') return { kind: result };
  if (result === 'google.protobuf.Timestamp') return TIMESTAMP;
  return result === 'list<string>' ? { kind: 'list', item: STRING } : DYN;
}
