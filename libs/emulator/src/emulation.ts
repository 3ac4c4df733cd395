import { EmulatorClock } from './clock.js';
import { Faults } from './faults.js';
import { InstagramWorld } from './instagram/instagram-world.js';
import { Ledger } from './ledger.js';
import { WebhookCourier } from './webhooks/courier.js';
import { Receipts } from './webhooks/receipts.js';
import { World } from './world.js';

/** Everything that one emulator knows. It lives in memory and dies with the process. */
export class Emulation {
  readonly clock = new EmulatorClock();
  readonly world = new World();
  readonly instagram = new InstagramWorld();
  readonly ledger = new Ledger();
  readonly faults = new Faults();
  readonly courier = new WebhookCourier(this.clock);
  readonly receipts = new Receipts(this.clock, this.faults, this.ledger, this.courier);

  /** Webhooks and receipts that are still on their way. */
  pending(): number {
    return this.courier.pending() + this.receipts.pending();
  }

  reset(keepNumbers: boolean): void {
    this.receipts.clear();
    this.courier.clear();
    this.faults.clear();
    this.ledger.reset();
    this.world.reset(keepNumbers);
    this.instagram.reset(keepNumbers);
    this.clock.reset();
  }

  async stop(): Promise<void> {
    this.receipts.clear();
    this.ledger.close();
    await this.courier.stop();
  }
}
