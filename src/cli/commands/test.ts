import { junitXml, runTests, type TestReport, type TestResult } from '@workflows/simulator';
import type { Command } from '../command.js';
import { readJson, writeText } from '../file.js';
import { counted, findingsInWords } from '../in-words.js';
import type { Terminal } from '../terminal.js';

export const testCommand: Command = {
  name: 'test',
  operands: 'FILE',
  summary: "Run a workflow's own tests on a virtual clock, without an engine and without a network.",
  options: {
    junit: { value: 'OUT.XML', description: 'Write the results for a CI system too.' },
    coverage: { description: 'Show what no test went through.' },
  },
  async run(given, terminal) {
    const report = await runTests(await readJson(given.operand));
    const junit = given.text('junit');
    if (junit !== undefined) await writeText(junit, junitXml(report));
    if (given.isSet('json')) terminal.say(JSON.stringify(report, null, 2));
    else tell(report, given.isSet('coverage'), terminal);
    return report.passed ? 0 : 1;
  },
};

function tell({ problems, tests, coverage }: TestReport, withCoverage: boolean, { say }: Terminal): void {
  findingsInWords(problems, '').forEach((line) => say(line));
  for (const test of tests) tellTest(test, say);
  const passed = tests.filter((test) => test.passed).length;
  if (tests.length === 0) say('No test was run. Write some into "tests" of the document: docs/testing-workflows.md.');
  else say(`${passed} passed, ${tests.length - passed} failed`);
  if (!withCoverage) return;
  for (const kind of ['nodes', 'ports', 'catches'] as const) {
    const { covered, total, missing } = coverage[kind];
    say(`${kind}: ${covered} of ${total}`);
    missing.forEach((place) => say(`  ${place}`));
  }
}

/** What was said only helps where something went wrong. */
function tellTest({ name, passed, problems, transcript }: TestResult, say: Terminal['say']): void {
  say(`${passed ? 'ok  ' : 'FAIL'}  ${name}`);
  if (passed) return;
  findingsInWords(problems, '      ').forEach((line) => say(line));
  if (transcript.length > 0) say(`      ${counted(transcript.length, 'message')} until then:`);
  for (const { at, who, node, text } of transcript) {
    say(
      `        ${at}  ${who === 'contact' ? '>' : '<'} ${text.replaceAll('\n', '\\n')}${node === undefined ? '' : `   (${node})`}`,
    );
  }
}
