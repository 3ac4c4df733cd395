import type { WebhookSecrets } from '@workflows/ports';

/** The application's secrets for a channel's webhooks, by channel name. */
export type WebhookSecretsByChannel = (channel: string) => WebhookSecrets;

export const WEBHOOK_SECRETS = Symbol('WebhookSecretsByChannel');
