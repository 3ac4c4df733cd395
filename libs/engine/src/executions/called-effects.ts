import {
  assertNever,
  type Effect,
  type EffectResult,
  type HttpEffect,
  isStoreRead,
  type ModelEffect,
  type StoreEffect,
} from '@workflows/core';
import { crashPoint, type StorePerformer } from '@workflows/ports';
import { LeaseLost } from '../claims/lease.js';
import type { ModelPerformer } from '../models/model.performer.js';
import type { CancelWatch } from './cancel-watch.js';
import type { HttpEffectPerformer } from './http-effect.performer.js';
import type { LiveRun } from './live-run.js';
import type { MailboxSession } from './mailbox-session.js';

export type CalledEffect = HttpEffect | StoreEffect | ModelEffect;

/** What the runner does itself, under the lease. */
export interface Performers {
  http: HttpEffectPerformer;
  store: StorePerformer;
  models: ModelPerformer;
  /** Tells of a cancel while it does. */
  cancels: CancelWatch;
}

/** Has the effects of one run done that its runner does itself. */
export class CalledEffects {
  constructor(
    private readonly run: LiveRun,
    private readonly session: MailboxSession,
    private readonly performers: Performers,
  ) {}

  async call(seq: number, effect: CalledEffect, signal: AbortSignal): Promise<EffectResult> {
    if (!this.session.lease.holds()) throw new LeaseLost(`mailbox ${this.session.mailboxId}`);
    switch (effect.kind) {
      case 'http':
        return this.callService(effect, signal);
      case 'store':
        return this.askStore(effect);
      case 'model':
        return this.askModel(seq, effect, signal);
      default:
        return assertNever(effect);
    }
  }

  private async askModel(seq: number, effect: ModelEffect, signal: AbortSignal): Promise<EffectResult> {
    crashPoint('advance.before-model');
    const { tenantId } = this.session;
    const result = await this.performers.models.perform(effect, { tenantId, executionId: this.run.executionId, seq }, signal);
    crashPoint('advance.after-model');
    return result;
  }

  private async callService(effect: HttpEffect, signal: AbortSignal): Promise<EffectResult> {
    crashPoint('advance.before-http');
    const result = await this.performers.http.perform(effect, this.session.tenantId, signal);
    crashPoint('advance.after-http');
    return result;
  }

  private async askStore(effect: StoreEffect): Promise<EffectResult> {
    const { tenantId, mailboxId, lease, claimed } = this.session;
    crashPoint('advance.before-store');
    const contactId = claimed.contact?.id ?? null;
    const step = { tenantId, executionId: this.run.executionId, mailboxId, leaseToken: lease.token, contactId };
    const answer = await this.performers.store.perform(effect, step);
    crashPoint('advance.after-store');
    if (answer.outcome === 'settled') {
      if (answer.contact !== undefined) this.session.changeContact(answer.contact);
      return answer.result;
    }
    lease.lose();
    throw new LeaseLost(`mailbox ${mailboxId}`);
  }
}

export function isCalled(effect: Effect): effect is CalledEffect {
  return effect.kind === 'http' || effect.kind === 'store' || effect.kind === 'model';
}

/** Whether it may be repeated whatever came of it. */
export function isRead(effect: CalledEffect): boolean {
  switch (effect.kind) {
    case 'http':
      return effect.safety === 'read';
    case 'store':
      return isStoreRead(effect);
    case 'model':
      // A model is paid for: what its call is for is written before, so that the money of a lost worker has a place.
      return false;
    default:
      return assertNever(effect);
  }
}
