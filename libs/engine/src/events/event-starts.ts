import { Injectable, Logger } from '@nestjs/common';
import { type CompiledTrigger, type JsonObject, WorkflowError } from '@workflows/core';
import { type AcceptItem, type ClaimedEvent, Doorbell } from '@workflows/ports';
import { InboundStore } from '@workflows/storage';
import { ContactBinding, contactOf } from '../triggers/contact-binding.js';
import { executionIdOf } from '../triggers/execution-id.js';
import { type PublishedWorkflow, PublishedWorkflows } from '../triggers/published-workflows.js';
import { StartRefused } from '../triggers/start-refused.js';
import { eventFor } from './event-triggers.js';

/** Starts the runs that an event starts: one for each trigger of a published workflow that takes it. */
@Injectable()
export class EventStarts {
  private readonly logger = new Logger(EventStarts.name);

  constructor(
    private readonly workflows: PublishedWorkflows,
    private readonly contacts: ContactBinding,
    private readonly inbound: InboundStore,
    private readonly doorbell: Doorbell,
  ) {}

  /** `revision`: how often the tenant had published when the event was claimed; what starts is not older. */
  async start(event: ClaimedEvent, revision: number): Promise<void> {
    const published = await this.workflows.of(event.tenantId, revision);
    const wanted = published.flatMap((workflow) =>
      Object.values(workflow.graph.triggers).map((trigger) => this.startOf(event, workflow, trigger)),
    );
    const starts = (await Promise.all(wanted)).filter((item) => item !== null);
    if (starts.length === 0) return;
    const accepted = await this.inbound.accept(starts);
    if (accepted.some(({ outcome }) => outcome === 'stored')) this.doorbell.ring('advance');
  }

  /** Null: this trigger has no use for the event. The run's id comes from the event's, so that it is started once. */
  private async startOf(
    claimed: ClaimedEvent,
    { workflowId, versionId }: PublishedWorkflow,
    trigger: CompiledTrigger,
  ): Promise<AcceptItem | null> {
    const { tenantId, id } = claimed;
    const event = eventFor(claimed, trigger);
    if (event === null) return null;
    const contact = await this.contactFor(claimed, trigger, event, workflowId);
    if (contact === 'refused') return null;
    const executionId = executionIdOf(tenantId, workflowId, trigger.id, id);
    const start = { executionId, workflowId, versionId, trigger: trigger.id, event };
    return { kind: 'start', tenantId, executionId, start, ...(contact === undefined ? {} : { contact }) };
  }

  /** An event that names nobody starts nothing here, and nothing that the dispatcher could do later would change that. */
  private async contactFor(
    { tenantId, id }: ClaimedEvent,
    { contact, id: trigger }: CompiledTrigger,
    event: JsonObject,
    workflowId: string,
  ): Promise<Awaited<ReturnType<ContactBinding['resolve']>> | undefined | 'refused'> {
    if (contact === undefined) return undefined;
    try {
      return await this.contacts.resolve(tenantId, contactOf(contact, { event }));
    } catch (error) {
      if (!(error instanceof StartRefused) && !(error instanceof WorkflowError)) throw error;
      // Only the code: the words may hold what the event says of a person.
      const { code } = error instanceof StartRefused ? error : error.failure;
      this.logger.warn({
        msg: 'An event names no contact that its trigger could bind',
        tenantId,
        eventId: id,
        workflowId,
        trigger,
        code,
      });
      return 'refused';
    }
  }
}
