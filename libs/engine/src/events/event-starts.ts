import { Injectable } from '@nestjs/common';
import type { CompiledTrigger } from '@workflows/core';
import { type AcceptItem, type ClaimedEvent, Doorbell } from '@workflows/ports';
import { InboundStore } from '@workflows/storage';
import { BoundStarts } from '../triggers/bound-starts.js';
import { type PublishedWorkflow, PublishedWorkflows } from '../triggers/published-workflows.js';
import { eventFor } from './event-triggers.js';

/** Starts the runs that an event starts: one for each trigger of a published workflow that takes it. */
@Injectable()
export class EventStarts {
  constructor(
    private readonly workflows: PublishedWorkflows,
    private readonly starts: BoundStarts,
    private readonly inbound: InboundStore,
    private readonly doorbell: Doorbell,
  ) {}

  /** `revision`: how often the tenant had published when the event was claimed; what starts is not older. */
  async start(event: ClaimedEvent, revision: number): Promise<void> {
    const published = await this.workflows.of(event.tenantId, revision);
    const wanted = published.flatMap((workflow) =>
      Object.values(workflow.graph.triggers).map((trigger) => this.startOf(event, workflow, trigger)),
    );
    const starts = (await Promise.all(wanted)).filter((item) => item !== 'refused');
    if (starts.length === 0) return;
    const accepted = await this.inbound.accept(starts);
    if (accepted.some(({ outcome }) => outcome === 'stored')) this.doorbell.ring('advance');
  }

  /** `refused`: this trigger has no use for the event. The run's id comes from the event's, so that it is started once. */
  private async startOf(
    claimed: ClaimedEvent,
    { workflowId, versionId }: PublishedWorkflow,
    trigger: CompiledTrigger,
  ): Promise<AcceptItem | 'refused'> {
    const { tenantId, id: key } = claimed;
    const event = eventFor(claimed, trigger);
    if (event === null) return 'refused';
    return this.starts.make({ tenantId, workflowId, versionId, trigger, event, key });
  }
}
