import { Injectable } from '@nestjs/common';
import { Doorbell, type TaskRecord } from '@workflows/ports';
import { type TaskDecision, TaskStore } from '@workflows/storage';

/** The door through which people decide: for REST and importing modules. */
@Injectable()
export class Tasks {
  constructor(
    private readonly store: TaskStore,
    private readonly doorbell: Doorbell,
  ) {}

  /**
   * When this resolves, the decision is in Postgres and the run will act on it. Deciding the same again gives the first
   * decision. Throws DatabaseRefusal `not_found`, or `conflict` when it was decided otherwise or its time is over.
   */
  async decide(tenantId: string, taskId: string, decision: TaskDecision): Promise<TaskRecord> {
    const task = await this.store.decide(tenantId, taskId, decision);
    this.doorbell.ring('advance');
    return task;
  }
}
