import { describe, expect, it } from '@jest/globals';
import type { Json } from '../json.js';
import { checkValue } from './check-value.js';
import type { DataSchema } from './data-schema.js';
import { dataSchemaShape } from './data-schema-shape.js';

const person: DataSchema = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, age: { type: 'integer' }, plan: { type: 'string', default: 'free' } },
};

describe('checkValue', () => {
  it('drops what is not known, takes null for absent and fills in defaults', () => {
    expect(checkValue(person, { name: 'Ana', age: null, extra: 1 })).toEqual({ value: { name: 'Ana', plan: 'free' } });
  });

  it('gives all problems at once and never the value', () => {
    expect(checkValue(person, { age: 1.5, plan: 3 })).toEqual({
      problems: [
        { path: '/name', message: 'is required' },
        { path: '/age', message: 'must be a whole number' },
        { path: '/plan', message: 'must be of type string, not number' },
      ],
    });
  });

  it('does not read what an object inherits', () => {
    const schema: DataSchema = JSON.parse(
      '{ "type": "object", "required": ["toString"], "properties": { "toString": { "type": "string" } } }',
    );
    expect(checkValue(schema, {})).toEqual({ problems: [{ path: '/toString', message: 'is required' }] });
  });

  it.each<[DataSchema, Json, boolean]>([
    [{ type: 'string', format: 'email' }, 'a.b+c@example.co', true],
    [{ type: 'string', format: 'email' }, 'lead@', false],
    [{ type: 'string', format: 'email' }, 'a b@example.com', false],
    [{ type: 'string', format: 'phone' }, '+5511999990000', true],
    [{ type: 'string', format: 'phone' }, '011 99999', false],
    [{ type: 'string', format: 'date' }, '2028-02-29', true],
    [{ type: 'string', format: 'date' }, '2026-02-29', false],
    [{ type: 'string', format: 'date-time' }, '2026-03-02T14:00:00-03:00', true],
    [{ type: 'string', format: 'date-time' }, '2026-03-02T14:00:00', false],
    [{ type: 'string', format: 'uri' }, 'https://a.example/x?y=1', true],
    [{ type: 'string', format: 'uri' }, '/x', false],
    [{ type: 'string', format: 'uuid' }, '0190b5f0-0000-7000-8000-000000000000', true],
    [{ type: 'string', format: 'uuid' }, '0190b5f0', false],
    [{ type: 'string', pattern: '^[0-9]{1,12}$' }, '123', true],
    [{ type: 'string', pattern: '^[0-9]{1,12}$' }, '12a', false],
    [{ type: 'string', maxLength: 2 }, '😀😀', true],
    [{ type: 'string', minLength: 2 }, '😀', false],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', false],
    [{ const: { a: [1] } }, { a: [1] }, true],
    [{ type: 'number', minimum: 1, exclusiveMaximum: 2 }, 1, true],
    [{ type: 'number', minimum: 1, exclusiveMaximum: 2 }, 2, false],
    [{ type: 'number', multipleOf: 0.1 }, 0.3, true],
    [{ type: 'number', multipleOf: 0.1 }, 0.35, false],
    [{ type: 'integer' }, 2 ** 53, false],
    [{ type: 'boolean' }, 'true', false],
    [{ type: 'array', items: { type: 'integer' }, maxItems: 2 }, [1, 2], true],
    [{ type: 'array', items: { type: 'integer' }, maxItems: 2 }, [1, 2, 3], false],
    [{ type: 'array', items: { type: 'integer' } }, [1, null], false],
    [{}, { any: ['thing'] }, true],
  ])('%j judges %j as %p', (schema, value, fits) => {
    expect('value' in checkValue(schema, value)).toBe(fits);
  });
});

describe('dataSchemaShape', () => {
  it.each<[Json, boolean]>([
    [{ type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } }, required: ['a'] }, true],
    [{ type: ['string', 'null'] }, false],
    [{ $ref: '#/x' }, false],
    [{ oneOf: [] }, false],
    [{ properties: { a: {} } }, false],
    [{ type: 'string', pattern: '(?<=a)b' }, false],
  ])('%j: %p', (schema, good) => {
    expect(dataSchemaShape.safeParse(schema).success).toBe(good);
  });
});
