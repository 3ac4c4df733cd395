import { Inject, Injectable, Logger } from '@nestjs/common';
import { type ChannelEvent, jsonShapeProblem } from '@workflows/core';
import {
  type AcceptItem,
  type Channel,
  type ConnectionRoute,
  crashPoint,
  Doorbell,
  type StatusReceipt,
  type WebhookRequest,
} from '@workflows/ports';
import { InboundStore, ReceiptStore, needsBell } from '@workflows/storage';
import { ChannelRegistry } from '../channels/channel.registry.js';
import { ConnectionRoutes } from '../connections/connection-routes.js';
import { Metrics } from '../metrics/metrics.js';
import { EffectReference } from '../outbound/effect-reference.js';
import { WEBHOOK_SECRETS, type WebhookSecretsByChannel } from './webhook-secrets.js';

export type Received = { status: 'accepted' | 'bad_signature' | 'bad_json' | 'unknown_channel' };

type MessageEvent = ChannelEvent & { type: 'message' };
type EchoEvent = ChannelEvent & { type: 'echo' };
type StatusEvent = ChannelEvent & { type: 'status' };

/**
 * The door for providers' webhooks. When `receive` resolves with `accepted`, everything in the body that concerns a
 * tenant is a row in Postgres: from here nothing can be lost. It rejects when the database cannot take it, so that
 * the provider tries again.
 */
@Injectable()
export class InboundService {
  private readonly logger = new Logger(InboundService.name);

  constructor(
    @Inject(WEBHOOK_SECRETS) private readonly secrets: WebhookSecretsByChannel,
    private readonly channels: ChannelRegistry,
    private readonly routes: ConnectionRoutes,
    private readonly inbound: InboundStore,
    private readonly receipts: ReceiptStore,
    private readonly references: EffectReference,
    private readonly doorbell: Doorbell,
    private readonly metrics: Metrics,
  ) {}

  async receive(channelName: string, request: WebhookRequest): Promise<Received> {
    const channel = this.channels.find(channelName);
    if (channel === undefined) return { status: 'unknown_channel' };
    // The bytes first: nothing of an unsigned body is looked at.
    if (!channel.verify(request, this.secrets(channelName))) return this.refuse('bad_signature');
    let body: unknown;
    try {
      const text = request.rawBody.toString('utf8');
      if (jsonShapeProblem(text) !== null) return this.refuse('bad_json');
      body = JSON.parse(text);
    } catch {
      return this.refuse('bad_json');
    }
    await this.take(channel, channel.parse(body));
    return { status: 'accepted' };
  }

  /** The provider's subscription handshake: what to answer, or null to refuse. */
  handshake(channelName: string, request: WebhookRequest): string | null {
    return this.channels.find(channelName)?.handshake(request, this.secrets(channelName)) ?? null;
  }

  /** Messages of ours have reached whom they were for, on a channel without a provider who would tell. */
  async settle(channelName: string, account: string, messageIds: readonly string[]): Promise<void> {
    const at = new Date().toISOString();
    const receipts = messageIds.map((messageId): StatusEvent => ({
      type: 'status',
      account,
      messageId,
      status: 'delivered',
      at,
    }));
    await this.take(this.channels.get(channelName), receipts);
  }

  private async take(channel: Channel, events: ChannelEvent[]): Promise<void> {
    const accounts = events.map((event) => event.account).filter((account) => account !== undefined);
    const routes = await this.routes.find(channel.name, accounts);
    const items: AcceptItem[] = [];
    const receipts: StatusReceipt[] = [];
    for (const event of events) {
      const route = event.account === undefined ? undefined : routes.get(event.account);
      if (event.type === 'notice' || route === undefined) this.passOver(channel, event);
      else if (event.type === 'message') items.push(messageItem(event, route));
      else if (event.type === 'echo') items.push(echoItem(event, route));
      else receipts.push(this.receipt(event, route));
    }
    crashPoint('accept.before-store');
    const [accepted, recorded] = await Promise.all([
      items.length === 0 ? [] : this.inbound.accept(items),
      this.receipts.record(receipts),
    ]);
    crashPoint('accept.after-store');
    for (const { outcome } of accepted) this.count(channel, outcome);
    this.count(channel, 'receipt', receipts.length);
    if (recorded.mailboxes > 0 || needsBell(accepted)) this.doorbell.ring('advance');
    if (recorded.outboxes > 0) this.doorbell.ring('outbound');
    crashPoint('accept.after-ring');
  }

  /** Nobody's event: a notice, or an account that no connection has. Said without the text, and no error to the provider. */
  private passOver(channel: Channel, event: ChannelEvent): void {
    if (event.type === 'notice') {
      this.count(channel, 'notice');
      this.logger.log({ msg: 'A provider sent a notice', channel: channel.name, field: event.field, code: event.code });
    } else {
      this.count(channel, 'unknown_account');
      this.logger.warn({
        msg: 'No connection has this account',
        channel: channel.name,
        account: event.account,
        event: event.type,
      });
    }
  }

  private refuse(reason: 'bad_signature' | 'bad_json'): Received {
    this.metrics.webhooksRefused.inc({ reason });
    return { status: reason };
  }

  private count(channel: Channel, outcome: string, times = 1): void {
    if (times > 0) this.metrics.webhookEvents.inc({ channel: channel.name, outcome }, times);
  }

  private receipt(event: StatusEvent, route: ConnectionRoute): StatusReceipt {
    const referenced = event.effectRef === undefined ? null : this.references.read(event.effectRef);
    return {
      tenantId: route.tenantId,
      connectionId: route.connectionId,
      providerId: event.messageId,
      ...(referenced?.tenantId === route.tenantId
        ? { effect: { executionId: referenced.executionId, seq: referenced.seq } }
        : {}),
      status: event.status,
      at: event.at,
      ...(event.failure === undefined ? {} : { failure: { ...event.failure } }),
    };
  }
}

function messageItem(event: MessageEvent, route: ConnectionRoute): AcceptItem {
  return {
    kind: 'message',
    tenantId: route.tenantId,
    connectionId: route.connectionId,
    // Providers repeat webhooks for days; their message id is unique per account.
    dedupe: `${route.connectionId}:${event.message.id}`,
    aliases: event.aliases,
    ...(event.name === undefined ? {} : { name: event.name }),
    message: event.message,
  };
}

function echoItem({ aliases, message }: EchoEvent, { tenantId, connectionId }: ConnectionRoute): AcceptItem {
  return { kind: 'echo', tenantId, connectionId, dedupe: `${connectionId}:${message.id}`, aliases, message };
}
