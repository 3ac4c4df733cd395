import { Injectable } from '@nestjs/common';
import { ExecutionStore } from '@workflows/storage';
import { ExecutionOrders, type OrderRequest } from './execution-orders.js';

export interface RedriveRequest extends Omit<OrderRequest, 'executionId'> {
  /** Only runs of this workflow. */
  workflowId?: string;
  /** Only runs that failed with exactly this code. */
  errorCode?: string;
  /** Only runs that started at or after this instant, ISO 8601. */
  startedAfter?: string;
  /** At most so many runs, the newest first; at most 200. */
  limit: number;
}

export interface Redriven {
  /** Failed runs that were looked at. */
  found: number;
  retried: number;
  /** How many could not be retried, by the code of the refusal. */
  refused: Record<string, number>;
  /** True: there were more than `limit`. */
  more: boolean;
}

/** Orders many failed runs to go on with the step that failed. Each is an order of its own, with its own record. */
@Injectable()
export class Redrive {
  constructor(
    private readonly executions: ExecutionStore,
    private readonly orders: ExecutionOrders,
  ) {}

  async redrive({ workflowId, errorCode, startedAfter, limit, ...request }: RedriveRequest): Promise<Redriven> {
    const filter = {
      status: 'failed' as const,
      ...(workflowId === undefined ? {} : { workflowId }),
      ...(errorCode === undefined ? {} : { errorCode }),
      ...(startedAfter === undefined ? {} : { startedAfter }),
    };
    const { items, nextCursor } = await this.executions.list(request.tenantId, filter, { limit });
    const redriven: Redriven = { found: items.length, retried: 0, refused: {}, more: nextCursor !== null };
    for (const { id } of items) {
      const outcome = await this.orders.place({ ...request, executionId: id }, { type: 'retry' }, { redrive: true });
      if (outcome.outcome === 'placed') redriven.retried += 1;
      else {
        const code = outcome.outcome === 'refused' ? outcome.code : outcome.outcome;
        redriven.refused[code] = (redriven.refused[code] ?? 0) + 1;
      }
    }
    return redriven;
  }
}
