import type { Tappable } from '../records.js';
import type { World } from '../world.js';
import type { SendContent } from './send-request.js';
import { fillTemplate } from './template-check.js';

/** What the customer sees of a message: its text and what can be tapped. */
export function previewOf(world: World, content: SendContent): { text: string; options: Tappable[] } {
  switch (content.type) {
    case 'text':
      return { text: content.text.body, options: [] };
    case 'image':
      return { text: content.image.caption ?? '[image]', options: [] };
    case 'video':
      return { text: content.video.caption ?? '[video]', options: [] };
    case 'document':
      return { text: content.document.caption ?? content.document.filename ?? '[document]', options: [] };
    case 'audio':
    case 'sticker':
      return { text: `[${content.type}]`, options: [] };
    case 'location':
      return {
        text: content.location.name ?? `[location ${content.location.latitude}, ${content.location.longitude}]`,
        options: [],
      };
    case 'reaction':
      return { text: content.reaction.emoji, options: [] };
    case 'interactive':
      return { text: content.interactive.body.text, options: tappablesOf(content.interactive) };
    case 'template': {
      const { text, options } = fillTemplate(world, content.template);
      return { text, options };
    }
  }
}

function tappablesOf(interactive: Extract<SendContent, { type: 'interactive' }>['interactive']): Tappable[] {
  switch (interactive.type) {
    case 'button':
      return interactive.action.buttons.map(({ reply }) => ({ ...reply, kind: 'button_reply' }));
    case 'list':
      return interactive.action.sections.flatMap(({ rows }) =>
        rows.map(({ id, title }) => ({ id, title, kind: 'list_reply' as const })),
      );
    case 'cta_url':
      return [];
  }
}
