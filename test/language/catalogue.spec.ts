import { describe, expect, it } from '@jest/globals';
import { type Json, type JsonObject, languageJsonSchema, nodeJsonSchema } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';

/** Tests of documents are written by hand, and their words are in the documentation. */
const NOT_FOR_FORMS = ['/tests'];

/** Places of properties without a title or a description, and of node and trigger types without them. */
function unexplained(schema: JsonObject, pointer = ''): string[] {
  if (NOT_FOR_FORMS.includes(pointer)) return [];
  const found: string[] = [];
  const visit = (value: Json | undefined, place: string) => {
    if (isObject(value)) found.push(...unexplained(value, place));
  };
  for (const [name, property] of Object.entries(asObject(schema['properties']))) {
    const place = `${pointer}/${name}`;
    const { title, description, const: only } = asObject(property);
    // The type of a node and the kind of an option are said by the title of what they tell apart.
    if ((title === undefined || description === undefined) && only === undefined && !NOT_FOR_FORMS.includes(place))
      found.push(place);
    visit(property, place);
  }
  for (const key of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
    const list = schema[key];
    if (Array.isArray(list)) list.forEach((each) => visit(each, `${pointer}${optionOf(each)}`));
  }
  for (const key of ['items', 'additionalProperties']) visit(schema[key], pointer);
  for (const each of Object.values(asObject(schema['$defs']))) visit(each, '#');
  return found;
}

function optionOf(schema: Json): string {
  const type = asObject(asObject(asObject(schema)['properties'])['type'])['const'];
  return typeof type === 'string' ? `(${type})` : '';
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('the catalogue', () => {
  it('has a title and a description for every field of the language', () => {
    expect([...new Set(unexplained(languageJsonSchema(NODE_SPECS)))]).toEqual([]);
  });

  it.each(NODE_SPECS.map((spec) => [spec.type, spec] as const))('explains %s and each of its fields', (_type, spec) => {
    const schema = nodeJsonSchema(spec);
    expect([schema['title'], schema['description']]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
    expect(unexplained(schema)).toEqual([]);
  });

  it('explains every type of trigger', () => {
    const triggers = asObject(asObject(asObject(languageJsonSchema(NODE_SPECS)['properties'])['triggers'])['items'])['oneOf'];
    const types = Array.isArray(triggers) ? triggers.map(asObject) : [];
    expect(types.filter(({ title, description }) => title === undefined || description === undefined).map(optionOf)).toEqual([]);
    expect(types.length).toBeGreaterThan(9);
  });
});
