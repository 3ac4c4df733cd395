import { Channel, type WebhookRequest, type WebhookSecrets } from '@workflows/ports';
import { hasValidSignature, subscriptionChallenge } from './signature.js';

/** What Meta's channels have in common: one app, whose webhooks are signed with its secret and subscribed to with its token. */
export abstract class MetaChannel extends Channel {
  override verify(request: WebhookRequest, secrets: WebhookSecrets): boolean {
    return hasValidSignature(request, secrets.appSecrets);
  }

  override handshake(request: WebhookRequest, secrets: WebhookSecrets): string | null {
    return subscriptionChallenge(request, secrets);
  }
}
