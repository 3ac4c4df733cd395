import { type CompiledTrigger, type ExecutionState, FINISHED_EVENT, type Write } from '@workflows/core';
import { v5 as uuidv5 } from 'uuid';
import type { PublishedWorkflow } from '../triggers/published-workflows.js';
import type { LiveRun } from './live-run.js';

/** Namespace of ids of ends; any constant would do, as long as it never changes. */
const NAMESPACE = '1b0f2c8e-6a35-4d8e-b1f7-2f6f8f0c9a34';

/**
 * Has the commit of a run's last step tell of its end, where a published workflow of the tenant wants to know
 * (`workflow.finished`). For all others an end costs a look at what is published, which is in memory.
 */
export class RunEnds {
  constructor(private readonly published: () => Promise<PublishedWorkflow[]>) {}

  async tell(run: LiveRun): Promise<void> {
    if (!run.hasJustEnded) return;
    const published = await this.published();
    const { state, workflowId } = run;
    const isHeard = published.some(({ graph }) => Object.values(graph.triggers).some((each) => hears(each, workflowId, state)));
    if (isHeard) run.tellEnd(endOf(run));
  }
}

function hears({ type, definition }: CompiledTrigger, workflowId: string, { status }: ExecutionState): boolean {
  const { workflow, statuses } = definition;
  return type === 'workflow.finished' && workflow === workflowId && Array.isArray(statuses) && statuses.includes(status);
}

/** An operator may have a failed run go on, so a run can have several ends, each with steps of its own before it. */
function endOf({ executionId, workflowId, graph, state }: LiveRun): Write & { type: 'event' } {
  const { status, reason, output, context, counters } = state;
  return {
    type: 'event',
    id: uuidv5(`${executionId}/${counters.steps}`, NAMESPACE),
    name: FINISHED_EVENT,
    key: null,
    data: {
      workflow: workflowId,
      version: graph.version,
      runId: executionId,
      ...(context.contact === undefined ? {} : { contactId: context.contact.id }),
      status,
      reason: reason ?? '',
      output: output ?? {},
    },
  };
}
