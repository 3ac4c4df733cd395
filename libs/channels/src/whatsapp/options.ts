/** Where the Graph API is: configuration of the deployment, never of a tenant. */
export interface WhatsAppOptions {
  /** Base URL without a version, such as `https://graph.facebook.com` or the emulator's. */
  graphUrl: string;
  /** Graph API version, such as `v26.0`. Each lives for about two years. */
  version: string;
}

/** Token under which the container finds the WhatsAppOptions; without it the defaults hold. */
export const WHATSAPP_OPTIONS = Symbol('workflows.whatsapp-options');

export const DEFAULT_WHATSAPP_OPTIONS: WhatsAppOptions = { graphUrl: 'https://graph.facebook.com', version: 'v26.0' };
