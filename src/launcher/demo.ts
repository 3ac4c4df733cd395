import { setTimeout as pause } from 'node:timers/promises';
import { EmulatorClient, type LedgerEntry } from '@workflows/emulator';
import { ApiClient } from './api.client.js';
import { differences, differencesOfEnd, type Conversation, type ConversationStep, type Expectation } from './conversation.js';
import { type Customer, type DemoConnection, newCustomer } from './customer.js';
import { instantOf, localDate, withDates } from './local-time.js';
import type { RunFile } from './run-file.js';
import { RunWatch } from './run-watch.js';

const PATIENCE_MS = 20_000;

export type Say = (line: string) => void;

/** Plays a conversation against a running engine, as one new customer. Rejects at the first thing that is not as expected. */
export class Demo {
  private readonly emulator: EmulatorClient;
  private readonly operator: ApiClient;
  private readonly tenant: ApiClient;
  private readonly watch: RunWatch;
  private readonly customer: Customer;
  private seen = 0;

  constructor(
    private readonly script: Conversation,
    private readonly run: RunFile,
    connection: DemoConnection,
    private readonly say: Say,
  ) {
    this.emulator = new EmulatorClient(run.emulatorUrl);
    this.operator = new ApiClient(run.apiUrl, run.operatorKey);
    this.tenant = new ApiClient(run.apiUrl, run.apiKey);
    this.customer = newCustomer(this.emulator, connection, script.customer);
    this.watch = new RunWatch(this.tenant, script.workflow, this.customer.id);
  }

  async play(): Promise<void> {
    this.seen = (await this.emulator.messages()).at(-1)?.seq ?? 0;
    for (const step of this.script.steps) {
      await this.take(step);
      await this.tellNews();
    }
    await this.checkEnd();
  }

  private async take(step: ConversationStep): Promise<void> {
    if ('say' in step) for (const text of [step.say].flat()) await this.write(text);
    else if ('row' in step) await this.put(step.row.table, step.row.value);
    else if ('tap' in step) await this.tap(step.tap);
    else if ('comment' in step) await this.comment(step.comment);
    else if ('expect' in step) await this.expect(step.expect);
    else await this.advance(step.advance.days, step.advance.to);
  }

  private async write(given: string): Promise<void> {
    const text = withDates(given, await this.now(), this.run.timezone);
    this.say(`${this.script.customer}:  ${text}`);
    await this.customer.say(text);
  }

  private async tap(option: string): Promise<void> {
    this.say(`${this.script.customer}:  [taps ${option}]`);
    await this.customer.tap(option);
  }

  private async comment(text: string): Promise<void> {
    this.say(`${this.script.customer}:  [below a post] ${text}`);
    await this.customer.comment(text);
  }

  /** Under the customer's number, so that each demo has a row of its own. */
  private async put(table: string, given: Record<string, string>): Promise<void> {
    const now = await this.now();
    const filled = Object.entries(given).map(([column, text]) => [
      column,
      withDates(text, now, this.run.timezone).replaceAll('{customer}', this.customer.id),
    ]);
    const value = Object.fromEntries(filled) as Record<string, string>;
    await this.tenant.call('PUT', `/v1/tables/${table}/rows/${this.customer.id}`, { value });
    this.say(`-- ${table}: ${Object.values(value).join(', ')} --`);
  }

  private async expect(expected: Expectation): Promise<void> {
    const entry = await this.nextMessage(PATIENCE_MS);
    if (entry === null) throw new Error(`No message came within ${PATIENCE_MS / 1000} s; expected ${JSON.stringify(expected)}.`);
    const now = await this.now();
    const wanted = {
      ...expected,
      ...(expected.text === undefined ? {} : { text: withDates(expected.text, now, this.run.timezone) }),
    };
    const template = entry.type === 'template' ? templateName(entry.body) : null;
    const found = differences(wanted, {
      text: entry.text,
      options: entry.options.map(({ id }) => id),
      template,
      public: entry.type === 'public_reply',
    });
    if (found.length > 0) throw new Error(`The message is not the expected one:\n  ${found.join('\n  ')}`);
  }

  private async nextMessage(waitMs: number): Promise<LedgerEntry | null> {
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline) {
      const [entry] = await this.emulator.messages({ after: this.seen, waId: this.customer.id, limit: 1, waitMs: 300 });
      await this.tellNews();
      if (!entry) continue;
      this.seen = entry.seq;
      this.say(
        `    Bot:  ${entry.type === 'public_reply' ? '[below the comment] ' : ''}${entry.text.replaceAll('\n', '\n          ')}${entry.options.map(({ title }) => `  [${title}]`).join('')}`,
      );
      return entry;
    }
    return null;
  }

  /** First to a minute before, where nothing may have come: a message that is early is wrong too. */
  private async advance(days: number, time: string): Promise<void> {
    const now = await this.now();
    const target = instantOf(localDate(now, this.run.timezone, days), time, this.run.timezone);
    await this.moveClocks(target.getTime() - 60_000 - now.getTime());
    const early = await this.nextMessage(2000);
    if (early) throw new Error(`A message came before ${time}, when nothing was due.`);
    await this.moveClocks(60_000);
    this.say(`-- the clock is moved to ${time} (${this.run.timezone}) --`);
  }

  /** The emulator first: were it behind, a message of the engine could seem to come from the future. */
  private async moveClocks(milliseconds: number): Promise<void> {
    const whole = Math.ceil(milliseconds);
    await this.emulator.advanceClock(whole);
    await this.operator.call('POST', '/v1/test-clock/advance', { milliseconds: whole });
  }

  private async now(): Promise<Date> {
    return new Date((await this.emulator.now()).now);
  }

  private async tellNews(): Promise<void> {
    for (const line of await this.watch.news()) this.say(`                                                        | ${line}`);
  }

  private async checkEnd(): Promise<void> {
    for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await pause(100)) {
      const run = await this.watch.finished();
      if (!run) continue;
      await this.tellNews();
      const found = differencesOfEnd(this.script.end, run);
      if (found.length > 0) throw new Error(`The run did not end as expected:\n  ${found.join('\n  ')}`);
      this.say(`-- the run ended: ${run.status} --`);
      return;
    }
    throw new Error(`The run did not end within ${PATIENCE_MS / 1000} s.`);
  }
}

function templateName(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('template' in body)) return null;
  const { template } = body;
  return typeof template === 'object' && template !== null && 'name' in template ? String(template.name) : null;
}
