import type { GraphOptions } from '../meta/graph-post.js';

/** Where the Cloud API is. */
export type WhatsAppOptions = GraphOptions;

/** Token under which the container finds the WhatsAppOptions; without it the defaults hold. */
export const WHATSAPP_OPTIONS = Symbol('workflows.whatsapp-options');

export const DEFAULT_WHATSAPP_OPTIONS: WhatsAppOptions = { graphUrl: 'https://graph.facebook.com', version: 'v26.0' };
