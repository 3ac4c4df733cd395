import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Json } from '../json.js';
import { languageSchema } from '../definition/document.js';
import { languageJsonSchema, nodeJsonSchema } from '../definition/json-schema.js';
import { nodeTypes } from './__fixtures__/node-types.js';
import { compile } from './compile.js';

const document: Json = JSON.parse(readFileSync(new URL('./__fixtures__/lead-capture.json', import.meta.url), 'utf8'));

describe('the lead capture, without its AI and hand-off', () => {
  const result = compile(document, { nodeTypes });

  it('compiles without an error or a warning', () => {
    expect(result).toMatchObject({ ok: true, problems: [], unchecked: ['channels', 'credentials', 'templates'] });
  });

  it('fits the language as one schema', () => {
    expect(languageSchema(nodeTypes).safeParse(document).error?.issues).toBeUndefined();
  });

  it('prints a local date of the next week', () => {
    if (!result.ok) throw new Error('it did not compile');
    const now = '2026-03-02T17:00:00.000Z';
    const scope = {
      run: { id: 'r', now, startedAt: now, workflow: 'lead-capture', version: 1 },
      contact: { timezone: 'America/Sao_Paulo' },
    };
    expect(result.graph.nodes['ask_start']!.render(scope).config).toMatchObject({
      text: 'From which day? For example 2026-03-09.',
    });
    expect(
      result.graph.nodes['ask_start']!.evaluate('value >= date(run.now, contact.timezone)', { ...scope, value: '2026-03-02' }),
    ).toBe(true);
  });
});

describe('JSON Schemas', () => {
  it('cover the whole language for the given node types', () => {
    const schema = languageJsonSchema(nodeTypes);
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['dsl', 'id', 'name', 'triggers', 'start', 'nodes'],
    });
  });

  it('describe one node with its title, its config and the kinds of its fields', () => {
    const ask = nodeTypes.find((spec) => spec.type === 'message.ask')!;
    expect(nodeJsonSchema(ask)).toMatchObject({
      title: 'message.ask',
      additionalProperties: false,
      properties: { type: { const: 'message.ask' }, with: { properties: { text: { type: 'string', kind: 'text' } } } },
    });
  });
});
