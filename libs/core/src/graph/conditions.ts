import type { ASTNode } from '@marcbachmann/cel-js';
import { writtenPath } from '../expression/guards.js';

/** Paths whose value is the same in all runs that are looked at: `event.trigger`, `conversation.channel`. */
export type KnownValues = ReadonlyMap<string, string>;

/** What a condition gives where it only looks at known values and literals; undefined where it looks at more. */
export function decide(condition: ASTNode, known: KnownValues): boolean | undefined {
  switch (condition.op) {
    case 'value':
      return typeof condition.args === 'boolean' ? condition.args : undefined;
    case '!_': {
      const inner = decide(condition.args, known);
      return inner === undefined ? undefined : !inner;
    }
    case '&&':
      return both(condition.args, known, false);
    case '||':
      return both(condition.args, known, true);
    case '==':
    case '!=':
    case 'in': {
      const compared = comparison(condition.args, known);
      return compared && (condition.op !== '!=') === compared.choices.includes(compared.value);
    }
    default:
      return undefined;
  }
}

/** `&&` is settled by a false side and `||` by a true one, whatever the other side is. */
function both(parts: readonly ASTNode[], known: KnownValues, settling: boolean): boolean | undefined {
  const decided = parts.map((part) => decide(part, known));
  if (decided.includes(settling)) return settling;
  return decided.includes(undefined) ? undefined : !settling;
}

function comparison([left, right]: readonly [ASTNode, ASTNode], known: KnownValues) {
  return compared(left, right, known) ?? compared(right, left, known);
}

function compared(side: ASTNode, other: ASTNode, known: KnownValues): { value: string; choices: string[] } | undefined {
  const path = side.op === '.' || side.op === '[]' ? writtenPath(side) : undefined;
  const value = path === undefined ? undefined : known.get(path);
  if (value === undefined) return undefined;
  const items = other.op === 'list' ? other.args : [other];
  const choices = items.flatMap((item) => (item.op === 'value' && typeof item.args === 'string' ? [item.args] : []));
  return choices.length === items.length ? { value, choices } : undefined;
}

/** A number compared with a literal, turned so that the path stands left: `60 <= x` is `x >= 60`. */
export interface Threshold {
  path: string;
  operator: '<' | '<=' | '>' | '>=' | '==' | '!=';
  value: number;
}

export function thresholdOf(condition: ASTNode): Threshold | undefined {
  switch (condition.op) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=': {
      const [left, right] = condition.args;
      const literal = numberOf(right);
      if (literal !== undefined) return thresholdAt(left, condition.op, literal);
      const turned = numberOf(left);
      return turned === undefined ? undefined : thresholdAt(right, TURNED[condition.op], turned);
    }
    default:
      return undefined;
  }
}

const TURNED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const;

function thresholdAt(side: ASTNode, operator: Threshold['operator'], value: number): Threshold | undefined {
  const path = side.op === '.' || side.op === '[]' ? writtenPath(side) : undefined;
  return path === undefined ? undefined : { path, operator, value };
}

function numberOf(node: ASTNode): number | undefined {
  if (node.op === '-_') {
    const positive = numberOf(node.args);
    return positive === undefined ? undefined : -positive;
  }
  if (node.op !== 'value') return undefined;
  return typeof node.args === 'bigint' || typeof node.args === 'number' ? Number(node.args) : undefined;
}

/** The least number of minutes that the window is still open when a condition has the given truth; 0: nothing is known. */
export function openMinutes(condition: ASTNode, truth: boolean): number {
  switch (condition.op) {
    case '!_':
      return openMinutes(condition.args, !truth);
    case '&&':
    case '||': {
      const minutes = condition.args.map((part) => openMinutes(part, truth));
      // All sides of a true && hold, and of a false ||; otherwise only one of them does, and nobody knows which.
      return (condition.op === '&&') === truth ? Math.max(...minutes) : Math.min(...minutes);
    }
    default: {
      const threshold = thresholdOf(condition);
      return threshold?.path === 'conversation.windowMinutes' ? Math.max(0, leastBy(threshold, truth)) : 0;
    }
  }
}

/** `conversation.windowMinutes` is a whole number and never below 0, so "not 0" is "at least 1". */
function leastBy({ operator, value }: Threshold, truth: boolean): number {
  switch (operator) {
    case '>=':
      return truth ? Math.ceil(value) : 0;
    case '>':
      return truth ? Math.floor(value) + 1 : 0;
    case '<':
      return truth ? 0 : Math.ceil(value);
    case '<=':
      return truth ? 0 : Math.floor(value) + 1;
    case '==':
      if (truth) return Math.ceil(value);
      return value === 0 ? 1 : 0;
    case '!=':
      if (!truth) return Math.ceil(value);
      return value === 0 ? 1 : 0;
  }
}
