import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { compile } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';
import { root } from './root.js';

describe('the examples', () => {
  it.each(readdirSync(join(root, 'examples')))('%s compiles without an error', (name) => {
    const document: unknown = JSON.parse(readFileSync(join(root, 'examples', name, 'workflow.json'), 'utf8'));
    const { problems } = compile(document, { nodeTypes: NODE_SPECS });
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each(readdirSync(join(root, 'examples')))('%s is called like its folder and has what the demo needs', (name) => {
    const folder = readdirSync(join(root, 'examples', name));
    expect(folder).toEqual(expect.arrayContaining(['workflow.json', 'connections.json', 'conversation.json', 'README.md']));
    expect(JSON.parse(readFileSync(join(root, 'examples', name, 'workflow.json'), 'utf8'))).toMatchObject({ id: name });
  });
});
