import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Registry } from 'prom-client';

/**
 * What this process counts, in the text format of Prometheus. Labels are few and bounded: never a tenant, an account
 * or an address.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();

  /** Events of verified webhooks: `stored`, `duplicate`, `receipt`, `notice`, `unknown_account`. */
  readonly webhookEvents = this.counter('workflows_webhook_events_total', 'Events in verified webhooks, by outcome.', [
    'channel',
    'outcome',
  ]);

  /** Webhooks that were refused before anything of them was looked at. */
  readonly webhooksRefused = this.counter('workflows_webhooks_refused_total', 'Webhooks refused, by reason.', ['reason']);

  /** Above zero in calm is a defect: somebody left this behind. */
  readonly recovered = this.counter('workflows_sweeper_recovered_total', 'What the sweeper found left behind, by reason.', [
    'reason',
  ]);

  /** Segments that were thrown away because somebody else had taken the mailbox over. */
  readonly fenced = this.counter('workflows_lease_fenced_total', 'Segments that lost their lease.', []);

  /** Sends by how they ended for the journal: `sent`, `failed`, `unknown`, `intent` (refused for now). */
  readonly sends = this.counter('workflows_sends_total', 'Attempts to send a message, by channel and outcome.', [
    'channel',
    'outcome',
  ]);

  /** Services that have failed time after time, and calls that were not made because of it. */
  readonly breakersOpened = this.counter('workflows_breakers_opened_total', 'Times that a breaker has opened.', []);
  readonly breakerRefusals = this.counter('workflows_breaker_refusals_total', 'Calls not made because a breaker is open.', []);

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'workflows_' });
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  private counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
