import type { ASTNode } from '@marcbachmann/cel-js';
import { decide, thresholdOf, type Threshold } from './conditions.js';
import { portOfTarget } from './edges.js';
import type { Journey } from './follow.js';
import type { Outline } from './outline.js';
import type { Problem } from './problem.js';
import { conditionsOf } from './switch-choices.js';

const NOTHING_KNOWN: ReadonlyMap<string, string> = new Map();

/** Part of the flow phase: a case that no run can take. `known` are problems that already explain a case. */
export function checkCases(outline: Outline, journeys: readonly Journey[], known: readonly Problem[]): Problem[] {
  const explained = new Set(known.filter(({ severity }) => severity === 'error').map(({ path }) => path));
  // What a trigger that is wrong or does not run here would bring is not known.
  const judged = outline.triggers.every(({ definition }) => definition);
  return [...conditionsOf(outline)].flatMap(([id, conditions]) => {
    const pointer = outline.nodes.get(id)?.pointer ?? '';
    const reaching = journeys.filter(({ arrivals }) => arrivals.has(id));
    return conditions.flatMap((condition, index): Problem[] => {
      const path = `${pointer}/cases/${index}/when`;
      if (!condition || explained.has(path)) return [];
      const port = portOfTarget(`/cases/${index}/next`);
      const why =
        coveredBefore(condition, conditions.slice(0, index)) ??
        (judged && reaching.length > 0 && !reaching.some(({ taken }) => taken.has(`${id} ${port}`)) ? NEVER_TAKEN : undefined);
      return why ? [{ path, code: 'flow.case_unreachable', severity: 'error', ...why }] : [];
    });
  });
}

type Why = Pick<Problem, 'message' | 'hint'>;

const NEVER_TAKEN: Why = {
  message: 'No run that comes here can fulfil this condition.',
  hint: 'Look at which triggers and channels lead here, or remove the case.',
};

function coveredBefore(condition: ASTNode, before: ReadonlyArray<ASTNode | null>): Why | undefined {
  if (decide(condition, NOTHING_KNOWN) === false) {
    return { message: 'The condition is false whatever happens.', hint: 'Remove the case.' };
  }
  const index = before.findIndex((earlier) => earlier !== null && implies(condition, earlier));
  if (index === -1) return undefined;
  return {
    message: `Whenever this condition holds, case ${index} holds too and is taken before.`,
    hint: 'Put the narrower case first, or remove this one.',
  };
}

/** True where every run that fulfils the one condition also fulfils the other, as far as their form shows it. */
function implies(one: ASTNode, other: ASTNode): boolean {
  if (sourceOf(one) === sourceOf(other) || decide(other, NOTHING_KNOWN) === true) return true;
  if (other.op === '||') return other.args.some((part) => implies(one, part));
  if (one.op === '&&') return one.args.some((part) => implies(part, other));
  const narrow = thresholdOf(one);
  const wide = thresholdOf(other);
  return narrow !== undefined && wide !== undefined && narrow.path === wide.path && isWithin(narrow, wide);
}

function isWithin(narrow: Threshold, wide: Threshold): boolean {
  switch (wide.operator) {
    case '>':
      return (
        (isOneOf(narrow, '>=', '==') && narrow.value > wide.value) || (narrow.operator === '>' && narrow.value >= wide.value)
      );
    case '>=':
      return isOneOf(narrow, '>', '>=', '==') && narrow.value >= wide.value;
    case '<':
      return (
        (isOneOf(narrow, '<=', '==') && narrow.value < wide.value) || (narrow.operator === '<' && narrow.value <= wide.value)
      );
    case '<=':
      return isOneOf(narrow, '<', '<=', '==') && narrow.value <= wide.value;
    case '==':
    case '!=':
      return narrow.operator === wide.operator && narrow.value === wide.value;
  }
}

const isOneOf = ({ operator }: Threshold, ...operators: Array<Threshold['operator']>): boolean => operators.includes(operator);

/** The source without the blanks that mean nothing; blanks inside of strings are kept by comparing them as they stand. */
function sourceOf(node: ASTNode): string {
  const source = node.input.slice(node.start, node.end);
  return /['"]/.test(source) ? source.trim() : source.replace(/\s+/g, '');
}
