/** A JSON value. Numbers are safe integers or doubles; nothing else crosses a border of the engine. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

/** Sets a field whose name comes from outside. Plain assignment to `__proto__` would change the object's prototype instead. */
export function setField(object: JsonObject, name: string, value: Json): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
  else object[name] = value;
}
