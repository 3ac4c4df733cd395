import type { ASTNode } from '@marcbachmann/cel-js';
import { pathOf } from './reads.js';

/** Paths that are there when a condition has the given truth: `has(p)`, alone or joined by `&&`, `||` and `!`. */
export function knownFrom(condition: ASTNode, truth: boolean): string[] {
  switch (condition.op) {
    case '!_':
      return knownFrom(condition.args, !truth);
    case '&&':
      return truth ? condition.args.flatMap((part) => knownFrom(part, true)) : [];
    case '||':
      return truth ? [] : condition.args.flatMap((part) => knownFrom(part, false));
    case 'call': {
      const [name, [path]] = condition.args;
      if (name !== 'has' || !truth || !path) return [];
      const key = writtenPath(path);
      return key === undefined ? [] : [key];
    }
    default:
      return [];
  }
}

/** `a.?b['c']` as `a.b.c`, when it is written out from a name on; undefined otherwise. */
export function writtenPath(node: ASTNode): string | undefined {
  const { base, segments } = pathOf(node);
  if (base.op !== 'id' || segments.some((segment) => segment.name === null)) return undefined;
  return [base.args, ...segments.map((segment) => segment.name)].join('.');
}

/**
 * What a condition is for the runs of one trigger, where it only looks at `event.trigger`; undefined where it does not.
 * `event.trigger == 'x' && more` is false for every other trigger.
 */
export function decideTrigger(condition: ASTNode, trigger: string): boolean | undefined {
  switch (condition.op) {
    case '!_': {
      const inner = decideTrigger(condition.args, trigger);
      return inner === undefined ? undefined : !inner;
    }
    case '&&': {
      const [left, right] = condition.args.map((part) => decideTrigger(part, trigger));
      if (left === false || right === false) return false;
      return left === undefined || right === undefined ? undefined : true;
    }
    case '||': {
      const [left, right] = condition.args.map((part) => decideTrigger(part, trigger));
      if (left === true || right === true) return true;
      return left === undefined || right === undefined ? undefined : false;
    }
    case '==':
    case '!=': {
      const named = comparedTriggers(condition.args);
      return named && (condition.op === '==') === named.includes(trigger);
    }
    case 'in': {
      return comparedTriggers(condition.args)?.includes(trigger);
    }
    default:
      return undefined;
  }
}

function comparedTriggers([left, right]: readonly [ASTNode, ASTNode]): string[] | undefined {
  if (writtenPath(right) === 'event.trigger') return literals(left);
  return writtenPath(left) === 'event.trigger' ? literals(right) : undefined;
}

function literals(node: ASTNode): string[] | undefined {
  const items = node.op === 'list' ? node.args : [node];
  const texts = items.flatMap((item) => (item.op === 'value' && typeof item.args === 'string' ? [item.args] : []));
  return texts.length === items.length ? texts : undefined;
}
