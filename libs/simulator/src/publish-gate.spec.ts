import { describe, expect, it } from '@jest/globals';
import { DESK, NOW } from './__fixtures__/desk.js';
import { publishGate } from './publish-gate.js';

const REQUIRED = { publish: { tests: 'required' } };
const withTest = (expected: string) => ({
  ...DESK,
  tests: [{ name: 'asks', given: { trigger: 'help', now: NOW }, script: [{ in: 'help' }], expect: { node: expected } }],
});
const codes = async (document: unknown, settings: Parameters<typeof publishGate>[1]) =>
  (await publishGate(document, settings)).map(({ code, path }) => `${code} ${path}`);

describe('publishGate', () => {
  it('lets everything through where the tenant asks for nothing', async () => {
    expect(await codes(withTest('book'), {})).toEqual([]);
    expect(await codes(withTest('book'), { publish: { tests: 'optional' } })).toEqual([]);
  });

  it('keeps back what fails a test or has none, where the tenant asks for tests', async () => {
    expect(await codes(withTest('ask_topic'), REQUIRED)).toEqual([]);
    expect(await codes(withTest('book'), REQUIRED)).toEqual(['test.failed /tests/0/expect/node']);
    expect(await codes(DESK, REQUIRED)).toEqual(['test.failed /tests']);
  });

  it('keeps back what its tests do not cover enough', async () => {
    expect(await codes(withTest('ask_topic'), { publish: { tests: 'required', coverage: { nodes: 1 } } })).toEqual([
      'test.coverage /tests',
    ]);
  });

  it('says that a setting is wrong rather than asking for nothing', async () => {
    expect(await codes(DESK, { publish: { tests: 'yes' } })).toEqual(['test.failed /tests']);
  });
});
