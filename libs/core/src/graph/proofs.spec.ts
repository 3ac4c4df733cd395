import { describe, expect, it } from '@jest/globals';
import { TENANT } from './__fixtures__/channels.js';
import { GOOD_NAMES, goodDocument } from './__fixtures__/good-documents.js';
import { nodeTypes } from './__fixtures__/node-types.js';
import { compile } from './compile.js';

describe('a good workflow', () => {
  it.each(GOOD_NAMES)('%s passes every check for a tenant of whom everything is known', (name) => {
    expect(compile(goodDocument(name), { nodeTypes, context: TENANT })).toMatchObject({ ok: true, problems: [], unchecked: [] });
  });

  it.each(GOOD_NAMES)('%s passes without knowing the tenant', (name) => {
    expect(compile(goodDocument(name), { nodeTypes })).toMatchObject({ ok: true, problems: [] });
  });
});
