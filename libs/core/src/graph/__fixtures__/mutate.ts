import type { Json, JsonObject } from '../../json.js';

/** Sets the value at a JSON Pointer of a document, or removes it when the value is undefined. */
export function put(document: JsonObject, pointer: string, value: Json | undefined): JsonObject {
  const keys = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  const parent = keys.reduce<Json | undefined>(
    (place, key) =>
      typeof place === 'object' && place !== null ? Object.entries(place).find(([name]) => name === key)?.[1] : undefined,
    document,
  );
  if (Array.isArray(parent)) {
    if (value === undefined) parent.splice(Number(last), 1);
    else parent[Number(last)] = value;
  } else if (typeof parent === 'object' && parent !== null) {
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else parent[last] = value;
  } else throw new Error(`${pointer} leads nowhere in the document`);
  return document;
}
