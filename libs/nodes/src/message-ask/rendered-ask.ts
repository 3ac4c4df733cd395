import type { RenderedContent } from '../content/content.js';
import type { RenderedTemplate } from '../content/template.js';
import type { MessageAskConfig } from './message-ask.config.js';

/** The config of an ask with its expressions rendered. */
export type RenderedAsk = RenderedContent & { template?: RenderedTemplate } & Pick<
    MessageAskConfig,
    'expect' | 'checks' | 'reprompt' | 'early' | 'debounce' | 'onUnknown'
  >;
