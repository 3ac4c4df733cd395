import { terminal } from '../failure.js';
import type { ChannelCapabilities } from './capabilities.js';
import { fold } from './fold.js';
import type { InboundMessage } from './inbound.js';
import type { MessageOption } from './outbound.js';

const OPTION_ID = /^[a-z0-9_-]{1,64}$/;

/** The option that a message chooses: by tap, by its folded title, or by its number in the list, in this order. */
export function matchOption(
  options: readonly MessageOption[],
  message: Pick<InboundMessage, 'text' | 'option'>,
): MessageOption | undefined {
  const tapped = options.find((option) => option.id === message.option?.id);
  if (tapped !== undefined) return tapped;
  const said = fold(message.text);
  const named = options.find((option) => fold(option.title) === said);
  if (named !== undefined) return named;
  return /^\d{1,3}[.)]?$/.test(said) ? options[Number.parseInt(said, 10) - 1] : undefined;
}

/** Throws `channel.invalid` unless the options are well formed and one of the channel's forms can carry them all. */
export function checkOptions(
  options: readonly MessageOption[],
  listLabel: string | undefined,
  capabilities: ChannelCapabilities,
): void {
  for (const { id, title } of options) {
    if (!OPTION_ID.test(id))
      throw invalid('An option id must be 1 to 64 of a-z, 0-9, "_" and "-". Change the id of the computed option.');
    if (title.trim() === '') throw invalid(`Option "${id}" has an empty title. Give it a title.`);
  }
  if (new Set(options.map(({ id }) => id)).size < options.length)
    throw invalid('Two options have the same id. Make the ids unique.');
  if (new Set(options.map(({ title }) => title)).size < options.length)
    throw invalid('Two options have the same title. Make the titles unique.');
  if (!capabilities.options.some((form) => carries(form, options))) {
    const forms = capabilities.options.map(describe).join('; ');
    throw invalid(
      `No form of the channel can carry these ${options.length} options. It takes ${forms || 'no options'}. Offer fewer or shorten them.`,
    );
  }
  if (listLabel !== undefined && listLabel.length > capabilities.listLabel) {
    throw invalid(`listLabel is longer than ${capabilities.listLabel} characters. Shorten it.`);
  }
}

function carries(form: ChannelCapabilities['options'][number], options: readonly MessageOption[]): boolean {
  return (
    options.length <= form.max &&
    options.every(({ title, description }) => title.length <= form.title && (description ?? '').length <= form.description)
  );
}

function describe({ form, max, title, description }: ChannelCapabilities['options'][number]): string {
  return `at most ${max} as ${form} with titles up to ${title} and ${description === 0 ? 'no descriptions' : `descriptions up to ${description} characters`}`;
}

function invalid(message: string): Error {
  return terminal('channel.invalid', message);
}
