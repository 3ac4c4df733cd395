import type { Json, JsonObject } from '../json.js';

/** What a change is about: something with a name, or a field of the document itself. */
export type PartKind = 'node' | 'trigger' | 'variable' | 'test' | 'field';

/** A named part of a document that one of the two has and the other has not, or has otherwise. */
export interface PartChange {
  part: PartKind;
  /** Id of the node or trigger, name of the variable, test or field. */
  name: string;
  change: 'added' | 'removed' | 'changed';
  /** JSON Pointer to the part: in the newer document, or in the older one when it was removed. */
  path: string;
  /** Present when it was changed: what differs inside, each with a JSON Pointer from the document's root. */
  values?: ValueChange[];
}

export type ValueChange =
  | { change: 'added'; path: string; to: Json }
  | { change: 'removed'; path: string; from: Json }
  | { change: 'changed'; path: string; from: Json; to: Json };

/** Fields that change without changing what the workflow does; see `documentHash`. */
const NO_MEANING = ['version', '$schema'];

/**
 * What makes two documents different, part by part: nodes, triggers, variables, tests and the document's own fields.
 * The order of keys means nothing; triggers are known by their id and tests by their name, wherever they stand.
 */
export function diffDocuments(from: JsonObject, to: JsonObject): PartChange[] {
  const [before, after] = [partsOf(from), partsOf(to)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    if (old === undefined) return now === undefined ? [] : [change(now, 'added')];
    if (now === undefined) return [change(old, 'removed')];
    const values = diffValues(old.value, now.value, now.path);
    return values.length === 0 ? [] : [{ ...change(now, 'changed'), values }];
  });
}

interface Part {
  part: PartKind;
  name: string;
  path: string;
  value: Json;
}

const change = ({ part, name, path }: Part, what: PartChange['change']): PartChange => ({ part, name, change: what, path });

/** Every part by a key that is the same in both documents, in the order in which a person reads them. */
function partsOf(document: JsonObject): Map<string, Part> {
  const parts: Part[] = [];
  const { nodes, triggers, vars, tests, ...fields } = document;
  for (const [name, value] of Object.entries(fields))
    if (!NO_MEANING.includes(name)) parts.push({ part: 'field', name, path: pointer('', name), value });
  parts.push(...named('variable', 'vars', vars), ...listed('trigger', 'triggers', triggers, 'id'));
  parts.push(...named('node', 'nodes', nodes), ...listed('test', 'tests', tests, 'name'));
  return new Map(parts.map((part) => [`${part.part} ${part.name}`, part]));
}

/** A draft may hold anything; what is not the map that it should be is shown as a field. */
function named(part: PartKind, field: string, value: Json | undefined): Part[] {
  if (value === undefined) return [];
  if (!isObject(value)) return [{ part: 'field', name: field, path: pointer('', field), value }];
  return Object.entries(value).map(([name, inner]) => ({ part, name, path: pointer(`/${field}`, name), value: inner }));
}

function listed(part: PartKind, field: string, value: Json | undefined, key: string): Part[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [{ part: 'field', name: field, path: pointer('', field), value }];
  return value.map((inner, index) => {
    const name = isObject(inner) ? inner[key] : undefined;
    return { part, name: typeof name === 'string' ? name : String(index), path: `/${field}/${index}`, value: inner };
  });
}

/** What differs between two values: objects key by key, lists place by place. `path` is where they stand. */
export function diffValues(from: Json, to: Json, path = ''): ValueChange[] {
  if (isObject(from) && isObject(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return keys.flatMap((key) => diffPlaces(from[key], to[key], pointer(path, key)));
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    const places = Array.from({ length: Math.max(from.length, to.length) }, (_, index) => index);
    return places.flatMap((index) => diffPlaces(from[index], to[index], `${path}/${index}`));
  }
  return from === to ? [] : [{ change: 'changed', path, from, to }];
}

function diffPlaces(from: Json | undefined, to: Json | undefined, path: string): ValueChange[] {
  if (from === undefined) return to === undefined ? [] : [{ change: 'added', path, to }];
  if (to === undefined) return [{ change: 'removed', path, from }];
  return diffValues(from, to, path);
}

const pointer = (parent: string, key: string): string => `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
