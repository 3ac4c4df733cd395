import type { EmulatorClock } from '../clock.js';
import type { Faults } from '../faults.js';
import type { Ledger } from '../ledger.js';
import type { BusinessNumber, Customer, LedgerEntry } from '../records.js';
import type { WebhookCourier } from './courier.js';
import { contactOf, envelopeOf } from './envelope.js';

/** Pause between the receipts of a message, in milliseconds of real time. */
const STEP_MS = 15;

/** Reports what becomes of a message: sent, delivered, read, each with the reference that the send carried. */
export class Receipts {
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly clock: EmulatorClock,
    private readonly faults: Faults,
    private readonly ledger: Ledger,
    private readonly courier: WebhookCourier,
  ) {}

  follow(number: BusinessNumber, customer: Customer, entry: LedgerEntry): void {
    if (this.faults.strike('statuses_off', number.phoneNumberId)) return;
    const late = this.faults.strike('statuses_late', number.phoneNumberId)?.delayMs ?? 0;
    (['sent', 'delivered', 'read'] as const).forEach((state, step) => {
      this.later(late + (step + 1) * STEP_MS, () => this.report(number, customer, entry, state));
    });
  }

  pending(): number {
    return this.timers.size;
  }

  clear(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private report(number: BusinessNumber, customer: Customer, entry: LedgerEntry, state: 'sent' | 'delivered' | 'read'): void {
    this.ledger.setState(entry, state);
    const status = {
      id: entry.messageId,
      status: state,
      timestamp: this.clock.seconds(),
      ...(customer.hidesPhone ? {} : { recipient_id: customer.waId }),
      recipient_user_id: customer.userId,
      ...(entry.effectRef === null ? {} : { biz_opaque_callback_data: entry.effectRef }),
      ...(state === 'sent'
        ? { pricing: { billable: entry.type === 'template', pricing_model: 'PMP', type: 'regular', category: 'service' } }
        : {}),
    };
    const payload = envelopeOf(number, { contacts: [contactOf(customer)], statuses: [status] });
    this.courier.send(number, 'messages', payload);
    if (this.faults.strike('duplicate_webhooks', number.phoneNumberId)) this.courier.send(number, 'messages', payload);
  }

  private later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, ms);
    this.timers.add(timer);
  }
}
