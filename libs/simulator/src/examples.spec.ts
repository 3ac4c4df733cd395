import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { inWords } from './in-words.js';
import { runTests } from './run-tests.js';

const EXAMPLES = join(import.meta.dirname, '../../../examples');

describe('the examples', () => {
  it.each(readdirSync(EXAMPLES))('%s passes its own tests', async (name) => {
    const document: unknown = JSON.parse(readFileSync(join(EXAMPLES, name, 'workflow.json'), 'utf8'));
    const { problems, tests, coverage } = await runTests(document);
    expect([...problems, ...tests.flatMap((test) => test.problems)].map(inWords)).toEqual([]);
    expect(tests.length).toBeGreaterThan(0);
    expect(coverage.nodes.missing).toEqual([]);
  });
});
