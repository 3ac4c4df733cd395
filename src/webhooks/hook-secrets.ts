import { Injectable } from '@nestjs/common';
import { SecretBox } from '@workflows/engine';
import { SecretStore } from '@workflows/storage';

/** How long a secret that was replaced or deleted may still prove a sender, in milliseconds. */
const REMEMBERED_MS = 3_000;
const MOST_REMEMBERED = 5_000;

/** Opens the secrets that a tenant's webhook triggers name. */
@Injectable()
export class HookSecrets {
  private readonly opened = new Map<string, { secret: string; until: number }>();

  constructor(
    private readonly store: SecretStore,
    private readonly box: SecretBox,
  ) {}

  /**
   * Does the secret of this name prove the sender? Null when the tenant has no such secret. What a remembered value
   * does not prove is held against the stored one too, so that a new value counts at once. Throws SecretUnreadable.
   */
  async prove(tenantId: string, name: string, proves: (secret: string) => boolean): Promise<boolean | null> {
    const key = `${tenantId} ${name}`;
    const remembered = this.opened.get(key);
    if (remembered !== undefined && remembered.until > performance.now() && proves(remembered.secret)) return true;
    this.opened.delete(key);
    const sealed = await this.store.sealed(tenantId, name);
    if (sealed === null) return null;
    const secret = this.box.open({ tenantId, name }, sealed);
    this.remember(key, secret);
    return proves(secret);
  }

  private remember(key: string, secret: string): void {
    const [oldest] = this.opened.keys();
    if (oldest !== undefined && this.opened.size >= MOST_REMEMBERED) this.opened.delete(oldest);
    this.opened.set(key, { secret, until: performance.now() + REMEMBERED_MS });
  }
}
