import { pointerOf } from '../definition/schema-walk.js';
import { nameHint } from '../definition/suggest.js';
import { isObject } from '../expression/convert.js';
import type { JsonObject } from '../json.js';
import { type Outline, type OutlineNode, withCompensations } from './outline.js';
import type { Problem } from './problem.js';
import { configOf } from './silence.js';
import type { TenantContext, TenantTemplate } from './tenant-context.js';

/** A template that a node sends: `with` of message.template, or `with.template` of a question. */
export interface TemplateUse {
  template: JsonObject;
  pointer: string;
}

export function templateUse({ spec, raw, pointer }: OutlineNode): TemplateUse | undefined {
  const config = configOf(raw);
  if (spec?.type === 'message.template') return { template: config, pointer: `${pointer}/with` };
  return spec?.type === 'message.ask' && isObject(config['template'])
    ? { template: config['template'], pointer: `${pointer}/with/template` }
    : undefined;
}

/** Does every template that is sent exist as the provider approved it: name, language, category and parameters? */
export function checkTemplates(outline: Outline, { templates }: TenantContext): Problem[] {
  if (!templates) return [];
  return withCompensations(outline).flatMap((node) => {
    const use = node.shape ? templateUse(node) : undefined;
    return use ? useProblems(use, templates) : [];
  });
}

function useProblems({ template, pointer }: TemplateUse, templates: readonly TenantTemplate[]): Problem[] {
  const { name, language } = template;
  const named = templates.filter((one) => one.name === name);
  if (typeof name !== 'string' || typeof language !== 'string') return [];
  if (named.length === 0) {
    const hint = nameHint(name, new Set(templates.map((one) => one.name)), 'The tenant has') ?? 'Have it approved first.';
    return [problem(`${pointer}/name`, `The tenant has no template '${name}'.`, hint)];
  }
  // A computed language may be any of those that were approved; then only what is wrong with all of them is a fault.
  const meant = language.includes('{{') ? named : named.filter((one) => one.language === language);
  if (meant.length === 0) {
    const languages = named.map((one) => one.language).join(', ');
    return [
      problem(`${pointer}/language`, `The template '${name}' is not approved in '${language}'.`, `Languages: ${languages}.`),
    ];
  }
  const faults = meant.map((one) => [...categoryProblems(template, one, pointer), ...parameterProblems(template, one, pointer)]);
  return faults.reduce((fewest, one) => (one.length < fewest.length ? one : fewest));
}

function categoryProblems({ category }: JsonObject, approved: TenantTemplate, pointer: string): Problem[] {
  if (category === approved.category) return [];
  const message = `The template '${approved.name}' is approved as ${approved.category}.`;
  return [problem(`${pointer}/category`, message, `Write "category": "${approved.category}".`)];
}

function parameterProblems({ params }: JsonObject, approved: TenantTemplate, pointer: string): Problem[] {
  const given = Object.keys(isObject(params) ? params : {});
  const missing = approved.params.filter((name) => !given.includes(name));
  const unknown = given.filter((name) => !approved.params.includes(name));
  return [
    ...(missing.length === 0
      ? []
      : [
          problem(
            `${pointer}/params`,
            `The template '${approved.name}' also needs ${listed(missing)}.`,
            `Add ${listed(missing)} to "params".`,
          ),
        ]),
    ...unknown.map((name) =>
      problem(
        pointerOf(pointer, ['params', name]),
        `The template '${approved.name}' has no parameter '${name}'.`,
        nameHint(name, approved.params, 'Parameters') ?? 'It takes none.',
      ),
    ),
  ];
}

const listed = (names: string[]): string => names.map((name) => `'${name}'`).join(', ');

function problem(path: string, message: string, hint: string): Problem {
  return { path, code: 'channel.template', severity: 'error', message, hint };
}
