import type { CustomerMessageRequest, LedgerQuery, NumberRequest, TemplateRequest } from './control/requests.js';
import type { Fault, FaultRequest } from './faults.js';
import type {
  InstagramAccountRequest,
  InstagramCommentRequest,
  InstagramMessageRequest,
} from './instagram/instagram-control.routes.js';
import type { BusinessNumber, InstagramAccount, LedgerEntry, MessageTemplate, ReadMark, WebhookDelivery } from './records.js';

/** The control API of an emulator, typed. Every call rejects with the emulator's own explanation. */
export class EmulatorClient {
  private readonly base: string;

  constructor(url: string) {
    this.base = `${url.replace(/\/+$/, '')}/control`;
  }

  registerNumber(phoneNumberId: string, number: NumberRequest): Promise<BusinessNumber> {
    return this.call('PUT', `/numbers/${encodeURIComponent(phoneNumberId)}`, number);
  }

  numbers(): Promise<BusinessNumber[]> {
    return this.call('GET', '/numbers');
  }

  registerTemplate(template: TemplateRequest): Promise<MessageTemplate> {
    return this.call('PUT', '/templates', template);
  }

  /** Plays a customer: `say('5511999990000', { text: 'hello' })`. */
  say(waId: string, message: CustomerMessageRequest): Promise<{ messageId: string }> {
    return this.call('POST', `/contacts/${encodeURIComponent(waId)}/messages`, message);
  }

  registerInstagram(account: string, request: InstagramAccountRequest): Promise<InstagramAccount> {
    return this.call('PUT', `/instagram/${encodeURIComponent(account)}`, request);
  }

  /** Plays a person on Instagram, by the id that the account knows them by. */
  write(account: string, person: string, message: InstagramMessageRequest): Promise<{ messageId: string }> {
    return this.call('POST', `/instagram/${encodeURIComponent(account)}/people/${encodeURIComponent(person)}/messages`, message);
  }

  /** A comment of a person below a post of the account. */
  comment(account: string, person: string, comment: InstagramCommentRequest): Promise<{ commentId: string }> {
    return this.call('POST', `/instagram/${encodeURIComponent(account)}/people/${encodeURIComponent(person)}/comments`, comment);
  }

  /** What was accepted, in order. With `waitMs` an empty answer is waited for. */
  messages(query: LedgerQuery = {}): Promise<LedgerEntry[]> {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]));
    return this.call('GET', `/messages?${search.toString()}`);
  }

  /** The entries from `after` on as they come, until the signal is aborted. */
  async *follow(query: Omit<LedgerQuery, 'waitMs' | 'limit'> = {}, signal?: AbortSignal): AsyncGenerator<LedgerEntry> {
    let after = query.after ?? 0;
    while (signal?.aborted !== true) {
      for (const entry of await this.messages({ ...query, after, waitMs: 1_000 })) {
        after = entry.seq;
        yield entry;
      }
    }
  }

  reads(): Promise<ReadMark[]> {
    return this.call('GET', '/reads');
  }

  now(): Promise<{ now: string }> {
    return this.call('GET', '/clock');
  }

  advanceClock(advanceMs: number): Promise<{ now: string }> {
    return this.call('POST', '/clock', { advanceMs });
  }

  addFault(fault: FaultRequest): Promise<Fault> {
    return this.call('POST', '/faults', fault);
  }

  faults(): Promise<Fault[]> {
    return this.call('GET', '/faults');
  }

  clearFaults(): Promise<Fault[]> {
    return this.call('DELETE', '/faults');
  }

  webhooks(): Promise<WebhookDelivery[]> {
    return this.call('GET', '/webhooks');
  }

  /** Resolves when no webhook and no receipt is on its way, or when the time is up; says how many are left. */
  idle(waitMs = 10_000): Promise<{ pending: number }> {
    return this.call('GET', `/idle?waitMs=${waitMs}`);
  }

  reset(options: { keepNumbers?: boolean } = {}): Promise<Record<string, never>> {
    return this.call('POST', '/reset', options);
  }

  /** The one place where an answer gets its type: client and server are built from the same records. */
  private async call<Result>(method: string, path: string, body?: unknown): Promise<Result> {
    const response = await fetch(`${this.base}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${explanationOf(answer)}`);
    return answer as Result;
  }
}

function explanationOf(answer: unknown): string {
  return typeof answer === 'object' && answer !== null && 'error' in answer
    ? String(answer.error)
    : 'the emulator refused without a reason';
}
