import { isObject } from '../expression/convert.js';
import { readsOf } from '../expression/reads.js';
import { checkSyntax } from '../expression/syntax.js';
import { scanTemplate } from '../expression/template.js';
import type { Outline } from './outline.js';
import type { Problem } from './problem.js';
import { configOf } from './silence.js';
import type { Site } from './sites.js';

/**
 * Part of the flow phase: words of the contact in what a model is told to do. Whoever writes them can tell it something
 * else. A warning, because the words may have been looked at in ways that nobody can prove.
 */
export function checkPrompts(outline: Outline, sites: readonly Site[]): Problem[] {
  const systems = sites.filter(({ at, pointer }) => at.owner === 'node' && pointer === `${at.node.pointer}/with/system`);
  const prompts = systems.filter(({ at }) => at.owner === 'node' && at.node.spec?.type.startsWith('ai.'));
  if (prompts.length === 0) return [];
  const variables = writtenByContact(outline, sites);
  return prompts.flatMap(({ pointer, value }): Problem[] => {
    const said = readsIn(value).find((path) => isSaid(path, outline, variables));
    if (said === undefined) return [];
    const message = `'${said.join('.')}' may be the contact's own words, which could tell the model to do something else.`;
    const hint = 'Put them into "input" or "prompt", and let "system" only say what to do with them.';
    return [{ path: pointer, code: 'flow.prompt_mix', severity: 'warning', message, hint }];
  });
}

/** Variables that hold words of the contact, directly or by way of another variable. */
function writtenByContact(outline: Outline, sites: readonly Site[]): ReadonlySet<string> {
  const written = new Set<string>();
  for (const { id, raw } of outline.nodes.values()) {
    const { save } = raw;
    if (typeof save === 'string' && isSaidAt(outline, id, 'value')) written.add(save.slice('vars.'.length));
  }
  const assigned = sites.flatMap(({ variable, value }) => (variable === undefined ? [] : [{ variable, reads: readsIn(value) }]));
  for (let before = -1; before < written.size;) {
    before = written.size;
    for (const { variable, reads } of assigned) if (reads.some((path) => isSaid(path, outline, written))) written.add(variable);
  }
  return written;
}

/** Fields of an event that hold what the contact wrote. */
const SAID_IN_EVENTS = ['text', 'messages', 'title', 'username'];

function isSaid([root, name, field]: readonly string[], outline: Outline, variables: ReadonlySet<string>): boolean {
  switch (root) {
    case 'event':
      return name === undefined || SAID_IN_EVENTS.includes(name);
    case 'vars':
      return name !== undefined && variables.has(name);
    case 'steps':
      return name !== undefined && isSaidAt(outline, name, field);
    case 'conversation':
      return name === 'transcript';
    default:
      return false;
  }
}

/** Does a field of a node's output hold the contact's own words? Numbers, dates and the ids of options are none. */
function isSaidAt(outline: Outline, id: string, field: string | undefined): boolean {
  const node = outline.nodes.get(id);
  if (!node) return false;
  if (node.spec?.type !== 'message.ask') return node.shape?.interruptible === true && (field === undefined || field === 'text');
  const { expect } = configOf(node.raw);
  const isFree = isObject(expect) && (expect['kind'] === 'text' || expect['kind'] === 'any');
  return field === 'value' ? isFree : field === undefined || field === 'text' || field === 'messages';
}

function readsIn(text: string): string[][] {
  const template = scanTemplate(text);
  if ('error' in template) return [];
  return template.parts.flatMap((part) => {
    const ast = part.kind === 'literal' ? null : checkSyntax(part.source).ast;
    return ast ? readsOf(ast) : [];
  });
}
