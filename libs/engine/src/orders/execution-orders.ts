import { Injectable } from '@nestjs/common';
import {
  canonicalJson,
  decide,
  hasEnded,
  type JsonObject,
  type LiveRun,
  type Order,
  type OrderRefusal,
  successors,
} from '@workflows/core';
import { Doorbell, type OrderTarget } from '@workflows/ports';
import { OrderStore } from '@workflows/storage';
import { v7 as uuidv7 } from 'uuid';
import { PublishedWorkflows } from '../triggers/published-workflows.js';

export interface OrderRequest {
  tenantId: string;
  executionId: string;
  /** Who orders: shown in the run's history and in the audit log. */
  by: string;
  /** The same key for the same run gives the first answer again, and orders nothing more. */
  idempotencyKey?: string;
  requestId?: string;
}

export type OrderOutcome =
  /** The run will carry it out between two steps. `order` is exact: it cannot hit a later step that looks the same. */
  | { outcome: 'placed'; order: Order; repeated: boolean }
  | { outcome: 'refused'; code: OrderRefusal | 'order.queued' | 'order.key' | 'order.session'; reason: string }
  | { outcome: 'not_found' };

/**
 * Takes orders for runs. Whether one can be carried out is decided on the run as it was last committed, by the same rule
 * that the run itself will use; a run that moves on meanwhile may by then have nothing to do.
 */
@Injectable()
export class ExecutionOrders {
  constructor(
    private readonly published: PublishedWorkflows,
    private readonly orders: OrderStore,
    private readonly doorbell: Doorbell,
  ) {}

  async place(request: OrderRequest, order: Order, details?: JsonObject): Promise<OrderOutcome> {
    const { tenantId, executionId, by, requestId, idempotencyKey = null } = request;
    const target = await this.orders.target(tenantId, executionId, idempotencyKey);
    if (target === null) return { outcome: 'not_found' };
    if (target.placed !== null) return repeated(target.placed, order);

    const exact = await this.decided(tenantId, target, order);
    if (exact.outcome !== 'placed') return exact;
    const [result] = await this.orders.place([
      {
        kind: 'order',
        tenantId,
        executionId,
        dedupe: idempotencyKey ?? uuidv7(),
        order: exact.order,
        by,
        ...(requestId === undefined ? {} : { requestId }),
        ...(details === undefined ? {} : { details }),
      },
    ]);
    if (result?.outcome === 'not_found') return { outcome: 'not_found' };
    // Somebody with the same key was faster.
    if (result?.outcome === 'duplicate') return this.place(request, order, details);
    this.doorbell.ring('advance');
    return exact;
  }

  private async decided(tenantId: string, { state, versionId, others }: OrderTarget, order: Order): Promise<OrderOutcome> {
    if (state === null) {
      // Its order stands in the mailbox behind its start.
      if (order.type === 'cancel' || order.type === 'pause') return { outcome: 'placed', order, repeated: false };
      const reason = `The run was accepted and has not begun yet, so there is nothing to ${order.type}. Try again in a moment.`;
      return { outcome: 'refused', code: 'order.queued', reason };
    }
    const run = { state, graph: await this.published.graph(tenantId, versionId) };
    const decision = decide(run.graph, state, order);
    if (!decision.accepted) return { outcome: 'refused', code: decision.code, reason: decision.reason };
    const [successor] = hasEnded(state) ? successors(run, await this.live(tenantId, others)) : [];
    if (successor === undefined) return { outcome: 'placed', order: decision.order, repeated: false };
    const reason = `The workflow was begun anew, and run ${successor.state.id} has the session now. Wait until it has ended or cancel it, then order again.`;
    return { outcome: 'refused', code: 'order.session', reason };
  }

  private live(tenantId: string, runs: OrderTarget['others']): Promise<LiveRun[]> {
    return Promise.all(
      runs.map(async ({ state, versionId }) => ({ state, graph: await this.published.graph(tenantId, versionId) })),
    );
  }
}

function repeated(placed: Order, order: Order): OrderOutcome {
  const isExact = order.type === 'skip' && placed.type === 'skip' && order.step === undefined && placed.step !== undefined;
  const given: Order = isExact ? { ...order, step: placed.step } : order;
  if (canonicalJson({ ...given }) === canonicalJson({ ...placed })) return { outcome: 'placed', order: placed, repeated: true };
  const reason = 'This Idempotency-Key came before with another order for this run. Use a new key for a new order.';
  return { outcome: 'refused', code: 'order.key', reason };
}
