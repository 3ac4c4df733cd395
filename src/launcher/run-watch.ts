import type { ConversationRecord, ExecutionRecord, ExecutionSummary, Page } from '@workflows/ports';
import type { ApiClient } from './api.client.js';
import type { FinishedRun } from './conversation.js';

interface Timeline {
  steps: Array<{
    step: number;
    node: string;
    lastAt: string;
    state: string;
    port: string | null;
    waitingUntil: string | null;
    attempts: Array<{ attempt: number; result: string; error: { code: string } | null }>;
  }>;
}

/** Follows one customer's run over the REST API and tells what is new in its timeline. */
export class RunWatch {
  private executionId: string | null = null;
  private readonly told = new Map<number, string>();

  constructor(
    private readonly api: ApiClient,
    private readonly workflow: string,
    private readonly customer: string,
  ) {}

  /** Lines about steps that are new or have changed since the last call. */
  async news(): Promise<string[]> {
    const id = await this.find();
    if (id === null) return [];
    const { steps } = await this.timeline(id);
    return steps.flatMap((step) => {
      const line = describe(step);
      if (this.told.get(step.step) === line) return [];
      this.told.set(step.step, line);
      return [line];
    });
  }

  /** The run, once it has ended; null before. */
  async finished(): Promise<FinishedRun | null> {
    const id = await this.find();
    if (id === null) return null;
    const { status, reason } = await this.api.call<ExecutionRecord>('GET', `/v1/executions/${id}`);
    if (!['completed', 'failed', 'cancelled'].includes(status)) return null;
    const { steps } = await this.timeline(id);
    return {
      status,
      reason,
      steps: steps.map(({ node, attempts }) => ({ node, attempts: Math.max(0, ...attempts.map(({ attempt }) => attempt)) })),
    };
  }

  private timeline(id: string): Promise<Timeline> {
    return this.api.call<Timeline>('GET', `/v1/executions/${id}/timeline`);
  }

  private async find(): Promise<string | null> {
    if (this.executionId !== null) return this.executionId;
    const { items } = await this.api.call<Page<ExecutionSummary>>('GET', `/v1/executions?workflow=${this.workflow}&limit=20`);
    for (const { id, conversationId } of items) {
      if (conversationId === null) continue;
      const { aliases } = await this.api.call<ConversationRecord>('GET', `/v1/conversations/${conversationId}`);
      if (aliases.some(({ value }) => value === this.customer)) this.executionId ??= id;
    }
    return this.executionId;
  }
}

function describe({ node, state, port, waitingUntil, attempts }: Timeline['steps'][number]): string {
  const errors = attempts.flatMap(({ error }) => (error ? [error.code] : []));
  const tries = errors.length > 0 ? `  (failed: ${errors.join(', ')})` : '';
  if (state === 'waiting') return `${node}  waits${waitingUntil === null ? '' : ` until ${waitingUntil}`}${tries}`;
  return `${node}  ${state}${port === null ? '' : ` -> ${port}`}${tries}`;
}
