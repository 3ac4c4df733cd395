import { randomBytes } from 'node:crypto';
import type { BusinessNumber, Customer, MessageTemplate } from './records.js';

const WINDOW_MS = 24 * 60 * 60 * 1000;

export interface StoredMedia {
  id: string;
  mime: string;
  bytes: Buffer;
  filename?: string;
}

/** Who and what exists: numbers, templates, customers, media and open windows. In memory only. */
export class World {
  readonly numbers = new Map<string, BusinessNumber>();
  readonly media = new Map<string, StoredMedia>();
  private readonly templates = new Map<string, MessageTemplate>();
  private readonly customers = new Map<string, Customer>();
  /** Last message of a customer to a number, in milliseconds of emulator time. */
  private readonly lastInbound = new Map<string, number>();
  /** Messages of customers, for read marks. */
  private readonly inbound = new Set<string>();

  addTemplate(template: MessageTemplate): void {
    this.templates.set(`${template.name}/${template.language}`, template);
  }

  template(name: string, language: string): MessageTemplate | undefined {
    return this.templates.get(`${name}/${language}`);
  }

  listTemplates(): MessageTemplate[] {
    return [...this.templates.values()];
  }

  /** The customer with this number, made on first sight as WhatsApp knows everybody. */
  customer(waId: string, change: Partial<Omit<Customer, 'waId'>> = {}): Customer {
    const known = this.customers.get(waId) ?? {
      waId,
      userId: `US.${waId}`,
      name: `Customer ${waId.slice(-4)}`,
      hidesPhone: false,
    };
    const customer = { ...known, ...change };
    this.customers.set(waId, customer);
    return customer;
  }

  customerByUserId(userId: string): Customer | undefined {
    return [...this.customers.values()].find((customer) => customer.userId === userId);
  }

  recordInbound(phoneNumberId: string, customer: Customer, messageId: string, nowMs: number, opensWindow: boolean): void {
    this.inbound.add(messageId);
    if (opensWindow) this.lastInbound.set(`${phoneNumberId}/${customer.waId}`, nowMs);
  }

  hasInbound(messageId: string): boolean {
    return this.inbound.has(messageId);
  }

  isWindowOpen(phoneNumberId: string, customer: Customer, nowMs: number): boolean {
    const last = this.lastInbound.get(`${phoneNumberId}/${customer.waId}`);
    return last !== undefined && nowMs - last < WINDOW_MS;
  }

  addMedia(media: Omit<StoredMedia, 'id'>): StoredMedia {
    const stored = { ...media, id: randomDigits(16) };
    this.media.set(stored.id, stored);
    return stored;
  }

  reset(keepNumbers: boolean): void {
    if (!keepNumbers) {
      this.numbers.clear();
      this.templates.clear();
    }
    this.media.clear();
    this.customers.clear();
    this.lastInbound.clear();
    this.inbound.clear();
  }
}

/** In the shape of Meta's message ids: `wamid.` and base64 that nobody should read. */
export function newMessageId(): string {
  return `wamid.${randomBytes(24).toString('base64')}`;
}

function randomDigits(length: number): string {
  return Array.from(randomBytes(length), (byte) => byte % 10)
    .join('')
    .replace(/^0/, '1');
}
