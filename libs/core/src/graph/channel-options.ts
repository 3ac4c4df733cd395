import { isObject } from '../expression/convert.js';
import type { Json, JsonObject } from '../json.js';
import type { ChannelCapabilities } from '../message/capabilities.js';
import { literalSize } from './literal-size.js';
import type { Problem } from './problem.js';

type Form = ChannelCapabilities['options'][number];

const OPTION_ID = /^[a-z0-9_-]{1,64}$/;

/** The options of a message against the forms of one channel: as many as it takes, short enough, and told apart. */
export function optionProblems(
  config: JsonObject,
  pointer: string,
  channel: string,
  capabilities: ChannelCapabilities,
): Problem[] {
  const path = `${pointer}/options`;
  const { options } = config;
  // The buttons of a template were approved with it; only how they are told apart is ours.
  const prompted = config['template'] === undefined;
  return [
    ...(prompted && (config['text'] === undefined || config['text'] === '')
      ? [problem(path, 'Options need a text above them.', 'Add "text".')]
      : []),
    ...(Array.isArray(options)
      ? [...identityProblems(options, path), ...(prompted ? formProblems(options, path, channel, capabilities.options) : [])]
      : []),
    ...labelProblems(config['listLabel'], `${pointer}/listLabel`, channel, capabilities),
  ];
}

/** An answer is matched by id and by title, so both must say which option is meant. Computed ones are checked at run time. */
function identityProblems(options: readonly Json[], path: string): Problem[] {
  const problems: Problem[] = [];
  for (const field of ['id', 'title'] as const) {
    const seen = new Set<string>();
    for (const [index, option] of options.entries()) {
      const value = isObject(option) ? option[field] : undefined;
      if (typeof value !== 'string' || value.includes('{{')) continue;
      const place = `${path}/${index}/${field}`;
      if (seen.has(value))
        problems.push(problem(place, `Two options have the same ${field} '${value}'.`, `Give each a ${field} of its own.`));
      else if (field === 'id' && !OPTION_ID.test(value))
        problems.push(problem(place, `'${value}' is no id of an option.`, 'Use 1 to 64 of a-z, 0-9, "_" and "-".'));
      seen.add(value);
    }
  }
  return problems;
}

/** The first form whose limits hold is used; where none does, the faults by the most roomy one are named. */
function formProblems(options: readonly Json[], path: string, channel: string, forms: readonly Form[]): Problem[] {
  if (forms.length === 0) {
    const message = `On ${channel} a message cannot offer options.`;
    return [{ path, code: 'channel.unsupported', severity: 'error', message, hint: 'Ask in words instead.' }];
  }
  const faults = forms.map((form) => ({ form, found: faultsOf(options, path, channel, form) }));
  if (faults.some(({ found }) => found.length === 0)) return [];
  const roomy = faults.reduce((best, one) => (one.form.max >= best.form.max ? one : best));
  return roomy.found;
}

function faultsOf(options: readonly Json[], path: string, channel: string, form: Form): Problem[] {
  if (options.length > form.max) {
    return [
      problem(path, `There are ${options.length} options; ${channel} takes at most ${form.max}.`, 'Offer fewer, or ask twice.'),
    ];
  }
  return options.flatMap((option, index) => {
    if (!isObject(option)) return [];
    return [
      ...lengthFault(option['title'], `${path}/${index}/title`, 'title', form.title, channel),
      ...lengthFault(option['description'], `${path}/${index}/description`, 'description', form.description, channel),
    ];
  });
}

/** Nothing is split here, so the literal parts must fit even where the rest is computed. */
function lengthFault(text: Json | undefined, path: string, what: string, max: number, channel: string): Problem[] {
  if (typeof text !== 'string') return [];
  const { size, computed } = literalSize(text, 'chars');
  if (size <= max && !(max === 0 && computed)) return [];
  const message =
    max === 0 ? `On ${channel} options have no ${what}.` : `The ${what} has ${size} characters; ${channel} takes ${max}.`;
  return [problem(path, message, max === 0 ? 'Leave it out.' : 'Shorten it.')];
}

/** The label opens a list, so it says nothing where the channel has none. */
function labelProblems(label: Json | undefined, path: string, channel: string, capabilities: ChannelCapabilities): Problem[] {
  if (typeof label !== 'string' || !capabilities.options.some(({ form }) => form === 'list')) return [];
  const { size } = literalSize(label, 'chars');
  if (size <= capabilities.listLabel) return [];
  return [
    problem(path, `The label of the list has ${size} characters; ${channel} takes ${capabilities.listLabel}.`, 'Shorten it.'),
  ];
}

function problem(path: string, message: string, hint: string): Problem {
  return { path, code: 'channel.options', severity: 'error', message, hint };
}
