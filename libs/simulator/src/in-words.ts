import type { TestProblem } from './report.js';

/** A finding for people: where, what, the difference below each other, and what to do. */
export function inWords({ path, code, message, hint, expected, actual }: TestProblem): string {
  return [
    `${path === '' ? '/' : path}  ${message} [${code}]`,
    ...(expected === undefined ? [] : [`  expected  ${JSON.stringify(expected)}`]),
    ...(actual === undefined ? [] : [`  got       ${JSON.stringify(actual)}`]),
    ...(hint === undefined ? [] : [`  ${hint}`]),
  ].join('\n');
}
