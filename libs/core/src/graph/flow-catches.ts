import { pointerOf } from '../definition/schema-walk.js';
import { isCatchable, matchesErrorPattern } from '../failure.js';
import type { Outline, OutlineNode } from './outline.js';
import type { Problem } from './problem.js';
import { configOf } from './silence.js';

/** Part of the flow phase: a `catch` that no error can get to makes its author feel safe for nothing. */
export function checkCatches(outline: Outline): Problem[] {
  return [
    ...[...outline.nodes.values()].flatMap((node) => {
      const rules = node.definition?.catch ?? [];
      const why = (pattern: string): Unreachable | undefined => neverRaised(pattern, node);
      return node.spec ? ruleProblems(rules, `${node.pointer}/catch`, why) : [];
    }),
    ...ruleProblems(outline.defaults.catch ?? [], '/defaults/catch', uncatchable),
  ];
}

interface Unreachable {
  message: string;
  hint: string;
}

function ruleProblems(
  rules: ReadonlyArray<{ errors: string[] }>,
  pointer: string,
  why: (pattern: string) => Unreachable | undefined,
): Problem[] {
  const earlier: string[] = [];
  return rules.flatMap(({ errors }, rule) => {
    const found = errors.map((pattern) => {
      const taken = earlier.find((before) => covers(before, pattern));
      return why(pattern) ?? (taken === undefined ? undefined : coveredBy(taken, pattern));
    });
    earlier.push(...errors);
    // When nothing of a rule can happen, the rule is what is wrong and not each of its patterns.
    const [first] = found;
    if (first && found.every((one) => one !== undefined)) return [problem(`${pointer}/${rule}`, first)];
    return found.flatMap((one, index) =>
      one ? [problem(pointerOf(pointer, [String(rule), 'errors', String(index)]), one)] : [],
    );
  });
}

/** Does one pattern match whatever another one does? */
function covers(one: string, other: string): boolean {
  if (one === '*' || one === other) return true;
  if (other === 'http.4xx' || other === 'http.5xx') return one === 'http.*';
  return other.endsWith('.*') ? false : matchesErrorPattern(other, one);
}

function coveredBy(earlier: string, pattern: string): Unreachable {
  return {
    message: `An earlier pattern '${earlier}' takes every '${pattern}'.`,
    hint: 'The first match wins: put the narrower rule first, or remove it.',
  };
}

/** Errors of these families can come of anything that renders, stores or runs out of something. */
const OF_ANY_NODE = ['expr', 'vars', 'output', 'quota', 'resource', 'internal'];

/** Families of errors by the type of the node; what is not in here may raise anything. */
const FAMILIES: Record<string, readonly string[]> = {
  'message.send': ['channel', 'effect', 'timeout', 'network'],
  'message.template': ['channel', 'effect', 'timeout', 'network'],
  'message.ask': ['channel', 'effect', 'timeout', 'network'],
  'http.request': ['http', 'effect', 'timeout', 'network'],
  'ai.generate': ['ai', 'timeout', 'network'],
  'ai.classify': ['ai', 'timeout', 'network'],
  'ai.extract': ['ai', 'timeout', 'network'],
  emit: [],
  'wait.for': [],
  'wait.until': [],
  'wait.event': [],
  'workflow.call': ['call', 'limit'],
  switch: [],
  set: [],
  end: [],
};

/** What only the provider can say, after a message that is merely queued has let its node go on. */
const BY_PROVIDER = [
  ...['timeout', 'network', 'effect.unknown', 'effect.*', 'channel.undeliverable', 'channel.throttled'],
  ...['channel.capped', 'channel.template', 'channel.auth'],
];

function neverRaised(pattern: string, { id, spec, raw }: OutlineNode): Unreachable | undefined {
  const type = spec?.type ?? '';
  const families = FAMILIES[type];
  const family = pattern.split('.')[0] ?? '';
  const ceiling = uncatchable(pattern);
  if (ceiling || pattern === '*' || !families) return ceiling;
  if (!OF_ANY_NODE.includes(family) && !families.includes(family)) {
    return {
      message: `A node of type ${type} never fails with '${pattern}'.`,
      hint: `It can fail with ${[...families, ...OF_ANY_NODE].map((name) => (name === 'timeout' || name === 'network' || name === 'internal' ? name : `${name}.*`)).join(', ')}.`,
    };
  }
  if (!isQueued(type, configOf(raw)['await']) || !BY_PROVIDER.includes(pattern)) return undefined;
  return {
    message: `'${id}' goes on as soon as its message is queued, so it never learns of '${pattern}'.`,
    hint: 'Add "await": "accepted" to wait for what the provider says.',
  };
}

function isQueued(type: string, awaits: unknown): boolean {
  return awaits === 'queued' || (type === 'message.send' && awaits === undefined);
}

function uncatchable(pattern: string): Unreachable | undefined {
  if (isCatchable(pattern)) return undefined;
  return { message: `'${pattern}' ends the run whatever is caught.`, hint: 'Raise the limit, or remove the rule.' };
}

function problem(path: string, { message, hint }: Unreachable): Problem {
  return { path, code: 'flow.catch_unreachable', severity: 'error', message, hint };
}
