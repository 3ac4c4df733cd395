import { describe, expect, it } from '@jest/globals';
import { compile, type JsonObject, LANGUAGE_TRIGGER_TYPES, type Problem } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';
import { runTests } from '@workflows/simulator';
import { goodDocuments, seededDefects } from './corpus.js';
import { TENANT } from './tenant.js';

const options = { nodeTypes: NODE_SPECS, context: TENANT, triggerTypes: LANGUAGE_TRIGGER_TYPES };

const playing = { channels: TENANT.channels, context: TENANT, triggerTypes: LANGUAGE_TRIGGER_TYPES };

const shown = ({ code, path, severity }: Omit<Problem, 'message'>): string => `${severity} ${code} ${path}`;

/** What is wrong with a document; what is wrong with its tests is only found by playing them. */
async function problemsOf(document: JsonObject, code: string): Promise<Array<Omit<Problem, 'message'>>> {
  if (!code.startsWith('test.')) return compile(document, options).problems;
  const coverage = code === 'test.coverage' ? { nodes: 1 } : {};
  const report = await runTests(document, { ...playing, coverage });
  return [...report.problems, ...report.tests.flatMap(({ problems }) => problems)];
}

describe('the corpus of the language', () => {
  it('has no good workflow in which something is found', () => {
    const good = goodDocuments();
    const found = good.flatMap(({ name, document }) => {
      const { problems } = compile(document, options);
      return problems.map((problem) => `${name}: ${shown(problem)}: ${problem.message}`);
    });
    process.stdout.write(`language: ${good.length} good workflows, ${found.length} findings in them\n`);
    expect(found).toEqual([]);
    expect(good.length).toBeGreaterThanOrEqual(50);
  });

  it('has no good workflow whose own tests fail', async () => {
    const found: string[] = [];
    for (const { name, document } of goodDocuments()) {
      if (document['tests'] === undefined) continue;
      const { tests } = await runTests(document, playing);
      for (const test of tests) for (const { path, message } of test.problems) found.push(`${name} ${path}: ${message}`);
    }
    expect(found).toEqual([]);
  });

  it('has hardly a defect that is not found with its code, at its place', async () => {
    const defects = seededDefects();
    const missed: string[] = [];
    for (const { name, document, expected } of defects) {
      const problems = (await problemsOf(document, expected.code)).map(shown);
      if (!problems.includes(shown(expected))) missed.push(`${name}: ${shown(expected)}, but found ${problems.join(', ')}`);
    }
    const caught = defects.length - missed.length;
    const codes = new Set(defects.map(({ expected }) => expected.code)).size;
    const share = ((caught / defects.length) * 100).toFixed(1);
    process.stdout.write(`language: ${caught} of ${defects.length} seeded defects found (${share} %), ${codes} codes\n`);
    for (const miss of missed) process.stdout.write(`  missed ${miss}\n`);
    expect(caught / defects.length).toBeGreaterThanOrEqual(0.99);
    expect(defects.length).toBeGreaterThanOrEqual(200);
  });
});
