import { mulberry32 } from './mulberry32.js';

/** What can be made to go wrong. */
export type FaultKind =
  /** The connection breaks and the message was not accepted. */
  | 'drop_before_accept'
  /** The message is accepted, receipts follow, and the connection breaks instead of an answer. */
  | 'accept_then_drop'
  /** Answers with the Graph error `code`. */
  | 'error'
  /** Waits `delayMs` before the answer. */
  | 'delay'
  /** No receipts for the message. */
  | 'statuses_off'
  /** Receipts come `delayMs` later. */
  | 'statuses_late'
  /** The webhook is delivered twice. */
  | 'duplicate_webhooks';

export interface FaultRequest {
  kind: FaultKind;
  /** How often it strikes; without it always, or as `probability` says. */
  count?: number;
  /** 0 to 1, drawn for each occasion. */
  probability?: number;
  /** Start of the draws: the same seed strikes on the same occasions. */
  seed?: number;
  code?: number;
  delayMs?: number;
  /** Only for this number. */
  phoneNumberId?: string;
}

export interface Fault extends FaultRequest {
  id: number;
  struck: number;
}

export class Faults {
  private readonly active: Array<{ fault: Fault; draw: () => number }> = [];
  private lastId = 0;

  add(request: FaultRequest): Fault {
    this.lastId += 1;
    const fault: Fault = { ...request, id: this.lastId, struck: 0 };
    this.active.push({ fault, draw: mulberry32(request.seed ?? this.lastId) });
    return fault;
  }

  list(): Fault[] {
    return this.active.map(({ fault }) => fault);
  }

  clear(): void {
    this.active.length = 0;
  }

  /** The fault of this kind that strikes now, if any. Asking counts as an occasion. */
  strike(kind: FaultKind, phoneNumberId: string): Fault | undefined {
    for (const { fault, draw } of this.active) {
      if (fault.kind !== kind || (fault.phoneNumberId !== undefined && fault.phoneNumberId !== phoneNumberId)) continue;
      if (fault.count !== undefined && fault.struck >= fault.count) continue;
      if (fault.probability !== undefined && draw() >= fault.probability) continue;
      fault.struck += 1;
      return fault;
    }
    return undefined;
  }
}
