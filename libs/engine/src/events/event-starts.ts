import { Injectable } from '@nestjs/common';
import { type CompiledTrigger, STATUS_EVENT } from '@workflows/core';
import type { AcceptItem, ClaimedEvent } from '@workflows/ports';
import { ContactStore } from '@workflows/storage';
import { BoundStarts } from '../triggers/bound-starts.js';
import type { BoundContact } from '../triggers/contact-binding.js';
import { type PublishedWorkflow, PublishedWorkflows } from '../triggers/published-workflows.js';
import { eventFor } from './event-triggers.js';

/** Starts the runs that an event starts: one for each trigger of a published workflow that takes it. */
@Injectable()
export class EventStarts {
  constructor(
    private readonly workflows: PublishedWorkflows,
    private readonly starts: BoundStarts,
    private readonly contacts: ContactStore,
  ) {}

  /** `revision`: how often the tenant had published when the event was claimed; what starts is not older. */
  async start(event: ClaimedEvent, revision: number): Promise<void> {
    const published = await this.workflows.of(event.tenantId, revision);
    const wanted = published.flatMap((workflow) =>
      Object.values(workflow.graph.triggers).map((trigger) => this.startOf(event, workflow, trigger)),
    );
    await this.starts.accept((await Promise.all(wanted)).filter((item) => item !== null));
  }

  /** Null: this trigger has no use for the event. The run's id comes from the event's, so that it is started once. */
  private async startOf(
    claimed: ClaimedEvent,
    { workflowId, versionId }: PublishedWorkflow,
    trigger: CompiledTrigger,
  ): Promise<AcceptItem | null> {
    const { tenantId, id: key } = claimed;
    const event = eventFor(claimed, trigger);
    if (event === null) return null;
    const contact = await this.receiverOf(claimed);
    return this.starts.make({
      ...{ tenantId, workflowId, versionId, trigger, event, key },
      ...(contact === null ? {} : { contact }),
    });
  }

  /** Who got the message that a status is about; null for other events, whose triggers name their contacts themselves. */
  private async receiverOf({ tenantId, name, data }: ClaimedEvent): Promise<BoundContact | null> {
    if (name !== STATUS_EVENT || typeof data !== 'object' || data === null || Array.isArray(data)) return null;
    const { contactId, connectionId } = data;
    if (typeof contactId !== 'string' || typeof connectionId !== 'string') return null;
    return { connectionId, aliases: await this.contacts.aliases(tenantId, contactId, connectionId) };
  }
}
