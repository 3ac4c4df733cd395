import { inWords } from '@workflows/simulator';
import type { Finding } from './command-failed.js';

/** Findings for people, each with its place, its remedy and, of a test, its difference. */
export function findingsInWords(findings: readonly Finding[], indent = '  '): string[] {
  return findings.flatMap((finding) => {
    const warning = finding.severity === 'warning' ? 'warning: ' : '';
    const words = inWords({ ...finding, severity: finding.severity ?? 'error', message: `${warning}${finding.message}` });
    return words.split('\n').map((line) => `${indent}${line}`);
  });
}

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
