import { Injectable } from '@nestjs/common';
import { type JsonObject, privacyOf, Redaction } from '@workflows/core';
import type { ExecutionRecord } from '@workflows/ports';
import { ExecutionStore, WorkflowStore } from '@workflows/storage';
import { notFound } from '../../problems/refusal.js';
import { type Timeline, timelineOf } from './timeline.js';

/** A run as it may be shown: without what is sensitive or `pii` in it. */
export type ShownExecution = Omit<ExecutionRecord, 'state' | 'error'> & { state: JsonObject | null; error: object | null };

/** Runs for the eyes of operators. */
@Injectable()
export class ShownExecutions {
  constructor(
    private readonly executions: ExecutionStore,
    private readonly workflows: WorkflowStore,
  ) {}

  async get(tenantId: string, id: string): Promise<ShownExecution> {
    const execution = await this.stored(tenantId, id);
    const { state } = execution;
    if (state === null) return { ...execution, state };
    const shown = (await this.redaction(tenantId, execution)).state(state);
    const { error, output, reason } = shown;
    return {
      ...execution,
      state: shown,
      error: typeof error === 'object' ? error : null,
      output: output ?? null,
      reason: typeof reason === 'string' ? reason : execution.reason,
    };
  }

  async timeline(tenantId: string, id: string): Promise<Timeline> {
    const execution = await this.stored(tenantId, id);
    const [segments, effects, redaction] = await Promise.all([
      this.executions.history(tenantId, id),
      this.executions.effects(tenantId, id),
      this.redaction(tenantId, execution),
    ]);
    return timelineOf(segments, effects, (node, message) => redaction.text(node, message));
  }

  private async stored(tenantId: string, id: string): Promise<ExecutionRecord> {
    const execution = await this.executions.get(tenantId, id);
    if (execution === null) throw notFound('execution');
    return execution;
  }

  private async redaction(tenantId: string, { id, workflowId, version, state }: ExecutionRecord): Promise<Redaction> {
    // Only a run that was moved has names of other versions in it.
    const history = state?.migrated === undefined ? [] : await this.executions.history(tenantId, id);
    const moves = history.flatMap(({ events }) => events.filter((event) => event.type === 'migrated'));
    const versions = new Set([version, ...moves.flatMap(({ from, to }) => [from, to])]);
    const documents = await Promise.all([...versions].map((number) => this.document(tenantId, workflowId, number)));
    const states = state === null ? [] : [state];
    return new Redaction(privacyOf(documents, moves), { documents, states, events: [], effects: [] });
  }

  private async document(tenantId: string, workflowId: string, version: number): Promise<JsonObject> {
    const published = await this.workflows.getVersion(tenantId, workflowId, version);
    if (published === null) throw notFound('version');
    return published.definition;
  }
}
