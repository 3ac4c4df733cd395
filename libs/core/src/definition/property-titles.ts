import type { Json, JsonObject } from '../json.js';

/** Where a JSON Schema holds other schemas: by name, in a list, or one. */
const BY_NAME = ['properties', '$defs'];
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const SINGLE = ['items', 'additionalProperties', 'propertyNames'];

const SHORT = new Set(['id', 'url', 'pii', 'dsl', 'mcp', 'ttl', 'usd']);

/** The schema with a title on each of its properties, for forms: its own, or the words of its name. */
export function withPropertyTitles(schema: JsonObject): JsonObject {
  const titled: JsonObject = { ...schema };
  for (const [key, value] of Object.entries(schema)) {
    if (BY_NAME.includes(key) && isObject(value)) titled[key] = named(value, key === 'properties');
    else if (LISTS.includes(key) && Array.isArray(value)) titled[key] = value.map(below);
    else if (SINGLE.includes(key)) titled[key] = below(value);
  }
  return titled;
}

function named(schemas: JsonObject, areProperties: boolean): JsonObject {
  const entries = Object.entries(schemas).map(([name, schema]): [string, Json] => {
    const inner = below(schema);
    return [name, areProperties && isObject(inner) ? { title: titleOf(name), ...inner } : inner];
  });
  return Object.fromEntries(entries);
}

function below(schema: Json): Json {
  return isObject(schema) ? withPropertyTitles(schema) : schema;
}

/** `maxAttempts` is "Max attempts". */
function titleOf(name: string): string {
  const words = name
    .replace(/^\$/, '')
    .split(/(?=[A-Z])/)
    .map((word) => word.toLowerCase())
    .map((word) => (SHORT.has(word) ? word.toUpperCase() : word));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
