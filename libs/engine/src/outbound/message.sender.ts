import { Inject, Injectable } from '@nestjs/common';
import { assertNever, type EffectResult, type Failure, type SendResult, windowFailure } from '@workflows/core';
import { type ClaimedOutbox, crashPoint, type OutboundItem, type SettleSend } from '@workflows/ports';
import { ChannelRegistry } from '../channels/channel.registry.js';
import { ConnectionAccounts } from '../connections/connection-accounts.js';
import { ENGINE_OPTIONS, type EngineOptions } from '../engine-options.js';
import { EffectReference } from './effect-reference.js';
import { retryAfterRefusal } from './send-retry.js';

/** How the journal will remember one send. */
export type Settlement = Pick<SettleSend, 'state' | 'providerId' | 'result' | 'retryInMs'>;

const OPTED_OUT: Failure = {
  code: 'channel.opted_out',
  kind: 'terminal',
  message:
    'The contact has opted out. Templates, and messages of runs that the contact did not start afterwards, are not sent until they opt in.',
};

const HELD_UP: Failure = {
  code: 'timeout',
  kind: 'retryable',
  message: 'The worker was held up until its lease was over, so it has not sent the message.',
};

/** Makes one attempt to send one message, whose intent has been committed, and says what the journal has to remember. */
@Injectable()
export class MessageSender {
  constructor(
    @Inject(ENGINE_OPTIONS) private readonly options: EngineOptions,
    private readonly accounts: ConnectionAccounts,
    private readonly channels: ChannelRegistry,
    private readonly references: EffectReference,
  ) {}

  /**
   * `nowMs`: database time. `isInTime`: whether the lease outlasts the send; a process that was frozen finds out here that
   * its time is over, because by now another may have sent the message. Throws when the connection's secrets cannot be
   * opened; nothing was sent then.
   */
  async attempt(outbox: ClaimedOutbox, item: OutboundItem, nowMs: number, isInTime: () => boolean): Promise<Settlement> {
    const { tenantId, connectionId, lastInboundAt, to } = outbox;
    const account = await this.accounts.open(tenantId, connectionId);
    if (account === null) {
      const message = 'The connection of this conversation is disabled or gone. Enable it, then run the step again.';
      return { state: 'failed', result: { outcome: 'failed', failure: { code: 'resource.missing', kind: 'terminal', message } } };
    }
    if (item.optedOut) return { state: 'failed', result: { outcome: 'failed', failure: OPTED_OUT } };
    const { message } = item.effect;
    const channel = this.channels.get(outbox.channel);
    // Once more, because a message may have waited in the outbox.
    const closed = windowFailure(message, channel.capabilities, lastInboundAt, nowMs);
    if (closed !== null) return { state: 'failed', result: { outcome: 'failed', failure: closed } };
    const effectRef = this.references.write({ tenantId, executionId: item.executionId, seq: item.seq });
    crashPoint('outbound.before-send');
    if (!isInTime()) return { state: 'intent', retryInMs: 0, result: { outcome: 'failed', failure: HELD_UP } };
    const sent = await channel.send({ account, to, message, effectRef, timeoutMs: this.options.sendTimeoutMs });
    crashPoint('outbound.after-send');
    return settlementOf(sent, item.attempt);
  }
}

function settlementOf(sent: SendResult, attempt: number): Settlement {
  switch (sent.outcome) {
    case 'accepted': {
      const result: EffectResult = { outcome: 'done', data: { messageId: sent.providerId, status: 'accepted' } };
      return { state: 'sent', providerId: sent.providerId, result };
    }
    case 'refused': {
      const result: EffectResult = { outcome: 'failed', failure: sent.failure };
      const retryInMs = retryAfterRefusal(sent.failure, attempt, Math.random());
      return retryInMs === null ? { state: 'failed', result } : { state: 'intent', result, retryInMs };
    }
    case 'unknown':
      return {
        state: 'unknown',
        result: { outcome: 'unknown', failure: { code: 'effect.unknown', kind: 'terminal', message: sent.reason } },
      };
    default:
      return assertNever(sent);
  }
}
