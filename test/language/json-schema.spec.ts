import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type JsonObject, languageJsonSchema, nodeJsonSchema } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';
import { root } from '../architecture/root.js';
import { goodDocuments, seededDefects } from './corpus.js';

interface Validate {
  (value: unknown): boolean;
  errors?: Array<{ instancePath: string; message?: string }> | null;
}

// CommonJS whose default export an ES module sees as a property, so an import would not type.
const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as {
  Ajv2020: new (options: { strict: boolean; allErrors: boolean; keywords: string[] }) => { compile(schema: unknown): Validate };
};

/** As editors do: by the keywords of the standard, and ours passed over. */
function validator(schema: JsonObject): Validate {
  return new Ajv2020({ strict: true, allErrors: false, keywords: ['kind', 'deferred'] }).compile(schema);
}

const examples = readdirSync(join(root, 'examples')).map((name) => ({
  name: `examples/${name}`,
  document: JSON.parse(readFileSync(join(root, 'examples', name, 'workflow.json'), 'utf8')) as JsonObject,
}));

describe('the JSON Schema of the language', () => {
  const validate = validator(languageJsonSchema(NODE_SPECS));

  it.each([...goodDocuments(), ...examples])('takes $name', ({ document }) => {
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('refuses most of what the shape phase refuses', () => {
    const misshapen = seededDefects().filter(({ expected }) => expected.code === 'shape.invalid');
    const taken = misshapen.filter(({ document }) => validate(document)).map(({ name }) => name);
    process.stdout.write(
      `language: the JSON Schema refuses ${misshapen.length - taken.length} of ${misshapen.length} misshapen\n`,
    );
    expect(taken.length / misshapen.length).toBeLessThan(0.3);
  });

  it.each(NODE_SPECS.map((spec) => [spec.type, spec] as const))('of %s alone takes nothing unknown', (_type, spec) => {
    expect(validator(nodeJsonSchema(spec))({ type: spec.type, surprise: 1 })).toBe(false);
  });
});
