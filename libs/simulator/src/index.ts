export { type SimulatedNode, standardChannels } from './catalogue.js';
export { inWords } from './in-words.js';
export { junitXml } from './junit.js';
export type { Covered, CoverageReport, TestProblem, TestReport, TestResult, TranscriptLine } from './report.js';
export { publishGate } from './publish-gate.js';
export { runTests, type RunTestsOptions } from './run-tests.js';
