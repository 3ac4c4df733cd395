import { describe, expect, it } from '@jest/globals';
import { nodeTypeOf } from '@workflows/ports';
import { z } from 'zod';
import { NODE_SPECS, NODES } from './index.js';

describe('the list of node types', () => {
  it('has one strategy for each spec, in the same order', () => {
    expect(NODES.map((node) => nodeTypeOf(node))).toEqual(NODE_SPECS);
    expect(new Set(NODE_SPECS.map(({ type }) => type)).size).toBe(NODE_SPECS.length);
  });

  it.each(NODE_SPECS.map((spec) => [spec.type, spec] as const))('explains every property of %s to an editor', (_type, spec) => {
    for (const schema of [spec.config, spec.fields].filter((given) => given !== undefined)) {
      expect(undescribed(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '')).toEqual([]);
    }
  });

  it.each(NODE_SPECS.map((spec) => [spec.type, spec] as const))('refuses unknown fields in %s', (_type, spec) => {
    const result = spec.config.safeParse({ surprise: 1 });
    expect(result.error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
  });
});

/** Paths of properties without a description, other than the one word that tells the members of a union apart. */
function undescribed(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, part]) => {
    if (key !== 'properties') return undescribed(part, `${path}/${key}`);
    return Object.entries(part as Record<string, object>).flatMap(([name, property]) => [
      ...('description' in property || 'const' in property ? [] : [`${path}/${name}`]),
      ...undescribed(property, `${path}/${name}`),
    ]);
  });
}
