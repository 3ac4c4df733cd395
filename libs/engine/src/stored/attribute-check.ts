import { checkValue, dataSchemaOf, type Json, type JsonObject } from '@workflows/core';

/** Attributes that are removed; they fit whatever the schema says. */
const isRemoved = (value: Json): boolean => value === null;

/**
 * The attributes as the tenant's schema makes them, or what is wrong with them, by name and never by value. Without a
 * schema everything fits; what a schema does not know cannot be written, because nobody could read it.
 */
export function fitAttributes(schema: Json, attributes: JsonObject): { attributes: JsonObject } | { problems: string[] } {
  const properties = schema === null ? undefined : dataSchemaOf(schema)?.properties;
  if (properties === undefined) return { attributes };
  const fitted: JsonObject = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(attributes)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const checked = property === undefined || isRemoved(value) ? undefined : checkValue(property, value);
    if (isRemoved(value)) fitted[name] = null;
    else if (checked === undefined) problems.push(`attributes.${name} is not in the schema of the tenant`);
    else if ('problems' in checked) problems.push(...checked.problems.map(({ message }) => `attributes.${name} ${message}`));
    else fitted[name] = checked.value ?? null;
  }
  return problems.length > 0 ? { problems } : { attributes: fitted };
}
