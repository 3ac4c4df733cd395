import type { Json, Problem } from '@workflows/core';

/** What running the tests of a document came to. */
export interface TestReport {
  /** True: the document compiles, every test passed, and the coverage is what was asked for. */
  passed: boolean;
  /** Id of the workflow, '' when the document does not say. */
  workflow: string;
  /** What holds for the document as a whole: the compiler's findings (then no test was run), and missing coverage. */
  problems: Problem[];
  tests: TestResult[];
  coverage: CoverageReport;
}

export interface TestResult {
  name: string;
  /** JSON Pointer to the test in the document. */
  path: string;
  passed: boolean;
  /** Why it failed: what was different in the first step that was, or in the expectation at the end. */
  problems: TestProblem[];
  /** What was said, by whom and when on the virtual clock. Ends where the test ended. */
  transcript: TranscriptLine[];
}

/** A finding of the `test` family: `test.failed`, `test.unmocked`, `test.unknown_node` or `test.coverage`. */
export interface TestProblem extends Problem {
  expected?: Json;
  actual?: Json;
}

export interface TranscriptLine {
  /** Virtual time, ISO 8601 in UTC. */
  at: string;
  who: 'contact' | 'workflow';
  /** The node that said it; only for what the workflow said. */
  node?: string;
  text: string;
}

/** What the tests of a document went through, all of them together. */
export interface CoverageReport {
  nodes: Covered;
  /** Ways out of nodes: `next`, `on`, cases, and the commands of `defaults`. */
  ports: Covered;
  /** Rules of `catch`, those of `defaults` included. */
  catches: Covered;
}

export interface Covered {
  covered: number;
  total: number;
  /** JSON Pointers to what no test went through. */
  missing: string[];
}
