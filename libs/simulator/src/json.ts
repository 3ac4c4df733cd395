import type { Json, JsonObject } from '@workflows/core';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equal as JSON, whatever the order of keys. */
export function equals(a: Json | undefined, b: Json | undefined): boolean {
  return contains(a, b) && contains(b, a);
}

/** Is everything of `part` in `whole`? Objects may have more, lists may not. */
export function contains(whole: Json | undefined, part: Json | undefined): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(whole) && whole.length === part.length && part.every((item, index) => contains(whole[index], item));
  }
  if (isObject(part)) {
    return (
      isObject(whole) && Object.entries(part).every(([name, value]) => Object.hasOwn(whole, name) && contains(whole[name], value))
    );
  }
  return whole === part;
}
