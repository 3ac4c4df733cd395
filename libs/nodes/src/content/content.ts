import { type ContentMessage, type MessageContent, type MessageOption, terminal, toMessages } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';
import { z } from 'zod';

/** Options as they come out of a list expression: what a workflow computed has not been checked before. */
const computedOptions = z.array(z.object({ id: z.string(), title: z.string(), description: z.string().optional() }));

const place = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: z.string().optional(),
  address: z.string().optional(),
});

/** Content with its expressions rendered. Options and coordinates may have been computed, so their shape is still open. */
export interface RenderedContent extends Omit<MessageContent, 'options' | 'location'> {
  options?: unknown;
  location?: unknown;
}

/** The messages of a rendered content on the channel of the run. Throws `channel.*` where it cannot be said there. */
export function messagesOf(content: RenderedContent, context: NodeContext): ContentMessage[] {
  const { text, media, listLabel, link, reaction, replyTo, location } = content;
  const options = content.options === undefined ? undefined : optionsOf(content.options);
  const given = { text, media, options, listLabel, link, location: placeOf(location), reaction, replyTo };
  const present = Object.fromEntries(Object.entries(given).filter(([, part]) => part !== undefined && part !== ''));
  return toMessages(present, capabilitiesOf(context));
}

/** The options of a content, checked where they were computed. */
export function optionsOf(options: unknown): MessageOption[] {
  const parsed = computedOptions.safeParse(options);
  if (parsed.success && parsed.data.length > 0) return parsed.data;
  throw terminal(
    'channel.invalid',
    'The computed options must be a list of {id, title, description?} with at least one item. Check the expression under "options".',
  );
}

export function capabilitiesOf(context: NodeContext): NonNullable<NodeContext['capabilities']> {
  if (context.capabilities !== null) return context.capabilities;
  throw terminal('resource.missing', 'The run has no conversation to send to. Give its trigger a "contact".');
}

function placeOf(location: unknown): MessageContent['location'] {
  if (location === undefined) return undefined;
  const parsed = place.safeParse(location);
  if (parsed.success) return parsed.data;
  throw terminal(
    'channel.invalid',
    'The computed location needs a latitude from -90 to 90 and a longitude from -180 to 180. Check the expressions under "location".',
  );
}
