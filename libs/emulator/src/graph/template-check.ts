import type { MessageTemplate, Tappable } from '../records.js';
import type { World } from '../world.js';
import { GraphError } from './graph-error.js';
import type { SentTemplate } from './send-request.js';

/**
 * What the customer sees of a template: the text and the quick replies.
 * @throws GraphError 132001 for an unknown template, 132000 for a wrong number of parameters, 132012 for wrong names
 */
export function fillTemplate(
  world: World,
  sent: SentTemplate,
): { category: MessageTemplate['category']; text: string; options: Tappable[] } {
  const template = world.template(sent.name, sent.language.code);
  if (template === undefined)
    throw new GraphError(132001, `template name (${sent.name}) does not exist in ${sent.language.code}`);
  const parameters = sent.components.filter(({ type }) => type === 'body').flatMap(({ parameters }) => parameters);
  const placeholders = [...new Set([...template.body.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? ''))];
  if (parameters.length !== placeholders.length) {
    throw new GraphError(
      132000,
      `body: number of localizable_params (${parameters.length}) does not match the expected number of params (${placeholders.length})`,
    );
  }
  const values = new Map<string, string>();
  parameters.forEach(({ parameter_name, text }, index) => {
    if (text === undefined) throw new GraphError(132012, `body: parameter ${index + 1} has no text`);
    values.set(parameter_name ?? String(index + 1), text);
  });
  const text = template.body.replace(/\{\{(\w+)\}\}/g, (_placeholder, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new GraphError(132012, `body: parameter ${name} is missing`);
    return value;
  });
  return {
    category: template.category,
    text,
    options: template.quickReplies.map((title, index) => ({ id: payloadAt(sent, index) ?? title, title, kind: 'button' })),
  };
}

function payloadAt({ components }: SentTemplate, position: number): string | undefined {
  const button = components.find(({ sub_type, index }) => sub_type === 'quick_reply' && Number(index) === position);
  return button?.parameters[0]?.payload;
}
