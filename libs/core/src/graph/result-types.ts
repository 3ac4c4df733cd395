import { checkValue } from '../definition/check-value.js';
import type { DataSchema } from '../definition/data-schema.js';
import { pointerOf } from '../definition/schema-walk.js';
import { isObject } from '../expression/convert.js';
import type { Json, JsonObject } from '../json.js';
import type { Outline } from './outline.js';
import type { Problem } from './problem.js';
import { outputSchema, primaryOf } from './outputs.js';
import { nameHint } from '../definition/suggest.js';

/** What an expression must give: a condition, something printable, a list, or any value. */
export type Expected = 'bool' | 'text' | 'list' | 'any';

const PRINTABLE = new Set(['string', 'int', 'uint', 'double', 'bool', 'dyn', 'google.protobuf.Timestamp']);

/** Does the type that cel-js names fit the place, and the variable that takes it? */
export function checkResult(
  type: string,
  expected: Expected,
  variable: DataSchema | undefined,
): { code: string; message: string; hint?: string } | undefined {
  const shown = friendly(type);
  if (expected === 'bool' && type !== 'bool' && type !== 'dyn') {
    return {
      code: 'expr.not_bool',
      message: `A condition must give true or false, not ${shown}.`,
      hint: 'Compare the value with something.',
    };
  }
  if (expected === 'text' && !PRINTABLE.has(type)) {
    const hint = type.startsWith('optional')
      ? 'Take the value out with orValue(...).'
      : 'Use join(...) on lists of strings, or toJson(...).';
    return { code: 'expr.not_text', message: `A text can print strings, numbers, booleans and times, not ${shown}.`, hint };
  }
  if (expected === 'list' && !type.startsWith('list') && type !== 'dyn') {
    const hint = type.startsWith('optional') ? 'Take the list out with orValue([]).' : 'Name a list, such as vars.items.';
    return { code: 'expr.type', message: `A list is needed here, not ${shown}.`, hint };
  }
  const wanted = variable?.type;
  if (wanted === undefined || fits(type, wanted)) return undefined;
  return {
    code: 'expr.type',
    message: `The variable is of type ${wanted}, but the value is ${shown}.`,
    hint: CONVERSIONS[wanted],
  };
}

const CONVERSIONS: Partial<Record<NonNullable<DataSchema['type']>, string>> = {
  string: 'Use string(x), or print it as text.',
  integer: 'Use int(x).',
  number: 'Use double(x).',
};

function fits(type: string, wanted: NonNullable<DataSchema['type']>): boolean {
  const plain = /^optional<(.+)>$/.exec(type)?.[1] ?? type;
  switch (plain) {
    case 'string':
    case 'google.protobuf.Timestamp':
    case 'google.protobuf.Duration':
      return wanted === 'string';
    case 'int':
    case 'uint':
      return wanted === 'integer' || wanted === 'number';
    case 'double':
      return wanted === 'number';
    case 'bool':
      return wanted === 'boolean';
    default:
      if (plain.startsWith('list')) return wanted === 'array';
      return plain.startsWith('object#') || plain.startsWith('map') ? wanted === 'object' : true;
  }
}

function friendly(type: string): string {
  if (type.startsWith('list')) return 'a list';
  if (type.startsWith('map') || type.startsWith('object#')) return 'an object';
  if (type.startsWith('optional')) return 'an optional value';
  return `a ${type.replace('google.protobuf.', '').toLowerCase()}`;
}

/** Variables that are written must exist, and what is written must fit their type where it is known now. */
export function variableTypeProblems(outline: Outline): Problem[] {
  const problems: Problem[] = [];
  const known = Object.keys(outline.vars);
  const check = (path: Json | undefined, pointer: string): DataSchema | undefined => {
    if (typeof path !== 'string' || !path.startsWith('vars.')) return undefined;
    const name = path.slice('vars.'.length);
    if (Object.hasOwn(outline.vars, name)) return outline.vars[name];
    problems.push({
      path: pointer,
      code: 'ref.unknown_name',
      severity: 'error',
      message: `There is no variable '${name}'.`,
      hint: nameHint(name, known, 'Variables') ?? 'Declare it under vars.',
    });
    return undefined;
  };
  const checkAssign = (owner: JsonObject, pointer: string): void => {
    if (!isObject(owner['assign'])) return;
    for (const [path, value] of Object.entries(owner['assign'])) {
      const place = pointerOf(pointer, ['assign', path]);
      const schema = check(path, place);
      if (schema && isLiteral(value)) problems.push(...literalProblems(schema, value, place));
    }
  };
  for (const trigger of outline.triggers) checkAssign(trigger.raw, trigger.pointer);
  for (const node of outline.nodes.values()) {
    const saved = check(node.raw['save'], `${node.pointer}/save`);
    const primary = primaryOf(node);
    const result = primary === undefined ? undefined : outputSchema(node).properties?.[primary]?.type;
    if (saved?.type !== undefined && result !== undefined && !sameType(result, saved.type)) {
      problems.push({
        path: `${node.pointer}/save`,
        code: 'expr.type',
        severity: 'error',
        message: `The variable is of type ${saved.type}, but the result is of type ${result}.`,
        hint: 'Use assign with a conversion, or change the type of the variable.',
      });
    }
    for (const [index, rule] of (Array.isArray(node.raw['catch']) ? node.raw['catch'] : []).entries()) {
      if (isObject(rule)) check(rule['save'], `${node.pointer}/catch/${index}/save`);
    }
    checkAssign(node.raw, node.pointer);
  }
  for (const [index, rule] of (outline.defaults.catch ?? []).entries()) check(rule.save, `/defaults/catch/${index}/save`);
  for (const [name, schema] of Object.entries(outline.vars)) {
    if (schema.default !== undefined)
      problems.push(...literalProblems(schema, schema.default, pointerOf('/vars', [name, 'default'])));
  }
  return problems;
}

function literalProblems(schema: DataSchema, value: Json, pointer: string): Problem[] {
  const checked = checkValue(schema, value);
  if (!('problems' in checked)) return [];
  return checked.problems.map(({ path, message }) => ({
    path: pointer + path,
    code: 'expr.type',
    severity: 'error',
    message: `The value does not fit the variable: it ${message}.`,
  }));
}

function sameType(result: string, variable: string): boolean {
  return result === variable || (result === 'integer' && variable === 'number');
}

function isLiteral(value: Json): boolean {
  if (typeof value === 'string') return !value.includes('{{');
  return typeof value !== 'object' || value === null || Object.values(value).every(isLiteral);
}
