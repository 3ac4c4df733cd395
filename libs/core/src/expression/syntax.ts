import { ParseError, type ASTNode } from '@marcbachmann/cel-js';
import { isRe2 } from '../definition/re2.js';
import { MAX_SOURCE_LENGTH, parse } from './environment.js';
import { finding, rangeOf, type Finding } from './finding.js';
import { childrenOf, LOOPS, macroVariable } from './reads.js';

/** Loops over 1000 items inside one another are a million steps, which takes about a fifth of a second. */
const MAX_LOOP_DEPTH = 2;

/** Parses, and checks what can be said without any type: size, forbidden functions, nested loops, patterns. */
export function checkSyntax(source: string): { ast: ASTNode | null; findings: Finding[] } {
  const whole: [number, number] = [0, source.length];
  if (source.length > MAX_SOURCE_LENGTH) {
    return {
      ast: null,
      findings: [
        finding('expr.too_big', whole, `An expression has at most ${MAX_SOURCE_LENGTH} characters.`, 'Split it with a set node.'),
      ],
    };
  }
  try {
    const { ast } = parse(source);
    const findings: Finding[] = [];
    walk(ast, 0, findings);
    return { ast, findings };
  } catch (error) {
    return { ast: null, findings: [parseFinding(error, source)] };
  }
}

function parseFinding(error: unknown, source: string): Finding {
  if (!(error instanceof ParseError)) return finding('expr.syntax', [0, source.length], 'The expression cannot be read.');
  const start = Math.min(error.range?.start ?? 0, source.length);
  const range: [number, number] = [start, Math.min(Math.max(error.range?.end ?? start, start + 1), source.length)];
  if (error.code === 'limit_exceeded')
    return finding(
      'expr.too_big',
      [0, source.length],
      `The expression is too big: ${limitName(error.summary)}.`,
      'Split it with a set node.',
    );
  return finding('expr.syntax', range, `The expression cannot be read: ${error.summary}.`);
}

function limitName(summary: string): string {
  const [, key = '', limit = ''] = /Exceeded (\w+) \((\d+)\)/.exec(summary) ?? [];
  const names: Record<string, string> = {
    maxAstNodes: `more than ${limit} parts`,
    maxDepth: `nested more than ${limit} levels deep`,
    maxListElements: `a list of more than ${limit} elements`,
    maxMapEntries: `a map of more than ${limit} entries`,
    maxCallArguments: `a call with more than ${limit} arguments`,
  };
  return names[key] ?? summary;
}

function walk(node: ASTNode, loops: number, findings: Finding[]): void {
  if (node.op === 'call' && (node.args[0] === 'regexMatch' || node.args[0] === 'regexFind'))
    checkPattern(node.args[0], node, node.args[1][1], findings);
  if (node.op !== 'rcall') return void childrenOf(node).forEach((child) => walk(child, loops, findings));

  const [method, receiver, args] = node.args;
  if (method === 'matches') {
    const hint = "Use regexMatch(text, 'pattern'), which cannot run away.";
    findings.push(
      finding('expr.forbidden', rangeOf(node), 'matches() is not available: some patterns would block the engine.', hint),
    );
  }
  const isLoop = LOOPS.has(method) && macroVariable(method, receiver, args) !== undefined;
  const depth = loops + (isLoop ? 1 : 0);
  if (isLoop && depth === MAX_LOOP_DEPTH + 1) {
    findings.push(
      finding(
        'expr.macro_depth',
        rangeOf(node),
        `Loops nest at most ${MAX_LOOP_DEPTH} deep.`,
        'Compute the inner list in a node of its own.',
      ),
    );
  }
  walk(receiver, loops, findings);
  args.forEach((argument) => walk(argument, depth, findings));
}

function checkPattern(name: string, call: ASTNode, pattern: ASTNode | undefined, findings: Finding[]): void {
  if (!pattern) return;
  if (pattern.op !== 'value' || typeof pattern.args !== 'string') {
    findings.push(
      finding(
        'expr.regex',
        rangeOf(pattern),
        `${name}() needs its pattern as a literal, so that it can be checked now.`,
        "Write it in quotes: '^[0-9]+$'.",
      ),
    );
  } else if (!isRe2(pattern.args)) {
    findings.push(
      finding(
        'expr.regex',
        rangeOf(pattern),
        `${name}() has a pattern that is not RE2.`,
        'RE2 has no lookahead and no back references.',
      ),
    );
  }
}
