import type { MessageOption, OutboundMessage } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';
import { messagesOf, optionsOf } from '../content/content.js';
import { templateOf } from '../content/template.js';
import type { RenderedAsk } from './rendered-ask.js';

/** What the ask says first. With a template, the options are its quick replies, in order. */
export function promptOf(config: RenderedAsk, context: NodeContext): OutboundMessage[] {
  const { template } = config;
  if (template === undefined) return messagesOf(config, context);
  const replies = offeredOptions(config).map(({ id }) => ({ payload: id }));
  return [
    templateOf(replies.length === 0 ? template : { ...template, buttons: [...replies, ...(template.buttons ?? [])] }, context),
  ];
}

export function offeredOptions(config: RenderedAsk): MessageOption[] {
  return config.options === undefined ? [] : optionsOf(config.options);
}
