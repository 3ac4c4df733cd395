import type { Json } from '@workflows/core';
import type { TestProblem } from './report.js';

interface Findings {
  hint?: string;
  expected?: Json;
  actual?: Json;
}

export function failed(path: string, message: string, findings: Findings = {}): TestProblem {
  return { path, code: 'test.failed', severity: 'error', message, ...findings };
}

export function unknownNode(path: string, node: string, hint: string | undefined): TestProblem {
  const message = `The workflow has no node '${node}'.`;
  return { path, code: 'test.unknown_node', severity: 'error', message, ...(hint === undefined ? {} : { hint }) };
}

/** Ends a test in the middle of a step: it cannot go on, and the problem says why. */
export class TestStopped extends Error {
  constructor(readonly problem: TestProblem) {
    super(problem.message);
    this.name = 'TestStopped';
  }
}

/** A JSON Pointer with more parts. */
export function pointer(base: string, ...parts: Array<string | number>): string {
  return parts.reduce<string>((path, part) => `${path}/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`, base);
}
