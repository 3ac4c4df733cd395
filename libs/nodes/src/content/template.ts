import { type TemplateMessage, terminal } from '@workflows/core';
import type { NodeContext } from '@workflows/ports';
import { z } from 'zod';
import { capabilitiesOf } from './content.js';

/** A template with its texts rendered. */
export interface RenderedTemplate {
  name: string;
  language: string;
  category: TemplateMessage['category'];
  params?: Record<string, string>;
  header?: { media?: NonNullable<TemplateMessage['header']>['media']; location?: unknown };
  buttons?: TemplateMessage['buttons'];
}

const place = z.object({
  latitude: z.number(),
  longitude: z.number(),
  name: z.string().optional(),
  address: z.string().optional(),
});

/** Throws `channel.unsupported` on a channel without templates. */
export function templateOf(template: RenderedTemplate, context: NodeContext): TemplateMessage {
  if (!capabilitiesOf(context).templates) {
    throw terminal(
      'channel.unsupported',
      'The channel of this conversation has no templates. Send a message instead, while its window is open.',
    );
  }
  const { name, language, category, params, header, buttons } = template;
  return {
    type: 'template',
    name,
    language,
    category,
    params: params ?? {},
    ...(header === undefined ? {} : { header: headerOf(header) }),
    ...(buttons === undefined ? {} : { buttons }),
  };
}

function headerOf({ media, location }: NonNullable<RenderedTemplate['header']>): NonNullable<TemplateMessage['header']> {
  if (media !== undefined) return { media };
  const parsed = place.safeParse(location);
  if (parsed.success) return { location: parsed.data };
  throw terminal('channel.template', 'The location of the template header needs a latitude and a longitude. Check "header".');
}
