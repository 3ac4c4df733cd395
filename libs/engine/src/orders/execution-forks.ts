import { Injectable } from '@nestjs/common';
import { type CompiledGraph, type ExecutionState, forkedState, type LiveRun, successors } from '@workflows/core';
import { Doorbell, type StartLetter } from '@workflows/ports';
import { OrderStore } from '@workflows/storage';
import { forkIdOf } from '../triggers/execution-id.js';
import { PublishedWorkflows } from '../triggers/published-workflows.js';
import type { OrderRequest } from './execution-orders.js';

/** A fork that its run's history allows: `state` is where it begins. */
export interface ForkRequest extends OrderRequest {
  step: number;
  /** True: live runs that have the session of the fork are cancelled when it begins. */
  replace: boolean;
  workflowId: string;
  graph: CompiledGraph;
  state: ExecutionState;
}

export type ForkOutcome =
  | { outcome: 'placed'; executionId: string; repeated: boolean }
  | { outcome: 'refused'; code: 'fork.session' | 'order.key'; reason: string }
  | { outcome: 'not_found' };

/** Starts runs that begin where another run stood. */
@Injectable()
export class ExecutionForks {
  constructor(
    private readonly published: PublishedWorkflows,
    private readonly orders: OrderStore,
    private readonly doorbell: Doorbell,
  ) {}

  /** What came before under the same key, or null. */
  async placed({ tenantId, executionId, idempotencyKey, step, replace }: Placing): Promise<ForkOutcome | null> {
    if (idempotencyKey === undefined) return null;
    const id = forkIdOf(tenantId, executionId, idempotencyKey);
    const { placed } = await this.orders.forkTarget(tenantId, executionId, id);
    if (placed === null) return null;
    if (placed.step === step && placed.replace === replace) return { outcome: 'placed', executionId: id, repeated: true };
    const reason = 'This Idempotency-Key came before with another fork of this run. Use a new key for a new fork.';
    return { outcome: 'refused', code: 'order.key', reason };
  }

  async place(request: ForkRequest): Promise<ForkOutcome> {
    const { tenantId, executionId, step, replace, workflowId, graph, state, by, requestId, idempotencyKey } = request;
    const version = await this.published.version(tenantId, workflowId, graph.version);
    if (version === undefined) return { outcome: 'not_found' };
    const id = forkIdOf(tenantId, executionId, idempotencyKey);
    const { others } = await this.orders.forkTarget(tenantId, executionId, id);
    const holders = successors({ state: { ...state, id }, graph }, await this.live(tenantId, others));
    if (holders.length > 0 && !replace) return { outcome: 'refused', code: 'fork.session', reason: taken(holders) };
    const start: StartLetter = {
      executionId: id,
      workflowId,
      versionId: version.versionId,
      trigger: state.trigger,
      event: state.event,
      fork: { executionId, step, state: forkedState(state), replace },
    };
    const result = await this.orders.placeFork({ tenantId, start, by, ...(requestId === undefined ? {} : { requestId }) });
    if (result === undefined || result.outcome === 'not_found') return { outcome: 'not_found' };
    // Somebody with the same key was faster.
    if (result.outcome === 'duplicate') return (await this.placed(request)) ?? { outcome: 'not_found' };
    this.doorbell.ring('advance');
    return { outcome: 'placed', executionId: id, repeated: false };
  }

  private live(tenantId: string, runs: Array<{ versionId: string; state: ExecutionState }>): Promise<LiveRun[]> {
    return Promise.all(
      runs.map(async ({ state, versionId }) => ({ state, graph: await this.published.graph(tenantId, versionId) })),
    );
  }
}

type Placing = Pick<ForkRequest, 'tenantId' | 'executionId' | 'idempotencyKey' | 'step' | 'replace'>;

function taken(holders: LiveRun[]): string {
  const ids = holders.map(({ state }) => state.id).join(', ');
  return `The session of the run is that of run ${ids} now, and a session has one run at a time. Cancel that run, or fork with "replace": true, which cancels it.`;
}
