import type { TestReport, TestResult } from './report.js';
import { inWords } from './in-words.js';

/** The report in the form that CI systems read. Problems of the document as a whole are a test case of their own. */
export function junitXml(report: TestReport): string {
  const errors = report.problems.filter(({ severity }) => severity === 'error');
  const whole: TestResult[] =
    errors.length === 0 ? [] : [{ name: 'the document', path: '', passed: false, problems: errors, transcript: [] }];
  const cases = [...whole, ...report.tests];
  const failures = cases.filter(({ passed }) => !passed).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${cases.length}" failures="${failures}">`,
    `  <testsuite name="${escaped(report.workflow)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="0">`,
    ...cases.flatMap((result) => caseXml(report.workflow, result)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseXml(workflow: string, { name, passed, problems }: TestResult): string[] {
  const head = `    <testcase classname="${escaped(workflow)}" name="${escaped(name)}" time="0"`;
  if (passed) return [`${head}/>`];
  const [first] = problems;
  const failure = `      <failure type="${escaped(first?.code ?? 'test.failed')}" message="${escaped(first?.message ?? '')}">`;
  return [`${head}>`, `${failure}${escaped(problems.map(inWords).join('\n'))}</failure>`, '    </testcase>'];
}

function escaped(text: string): string {
  const printable = [...text].filter((character) => character >= ' ' || character === '\n' || character === '\t').join('');
  return printable
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
