import { describe, expect, it } from '@jest/globals';
import { compile, LANGUAGE_TRIGGER_TYPES, type Problem } from '@workflows/core';
import { NODE_SPECS } from '@workflows/nodes';
import { goodDocuments, seededDefects } from './corpus.js';
import { TENANT } from './tenant.js';

const options = { nodeTypes: NODE_SPECS, context: TENANT, triggerTypes: LANGUAGE_TRIGGER_TYPES };

const shown = ({ code, path, severity }: Omit<Problem, 'message'>): string => `${severity} ${code} ${path}`;

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

  it('has hardly a defect that is not found with its code, at its place', () => {
    const defects = seededDefects();
    const missed = defects.flatMap(({ name, document, expected }) => {
      const problems = compile(document, options).problems.map(shown);
      return problems.includes(shown(expected)) ? [] : [`${name}: ${shown(expected)}, but found ${problems.join(', ')}`];
    });
    const caught = defects.length - missed.length;
    const codes = new Set(defects.map(({ expected }) => expected.code)).size;
    const share = ((caught / defects.length) * 100).toFixed(1);
    process.stdout.write(`language: ${caught} of ${defects.length} seeded defects found (${share} %), ${codes} codes\n`);
    for (const miss of missed) process.stdout.write(`  missed ${miss}\n`);
    expect(caught / defects.length).toBeGreaterThanOrEqual(0.99);
    expect(defects.length).toBeGreaterThanOrEqual(200);
  });
});
