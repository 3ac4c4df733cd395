import { Injectable } from '@nestjs/common';
import { STATUS_EVENT } from '@workflows/core';
import type { ClaimedEvent } from '@workflows/ports';
import { ContactStore } from '@workflows/storage';
import { BoundStarts } from '../triggers/bound-starts.js';
import type { BoundContact } from '../triggers/contact-binding.js';
import { PublishedWorkflows } from '../triggers/published-workflows.js';
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
  async start(claimed: ClaimedEvent, revision: number): Promise<void> {
    const { tenantId, id: key } = claimed;
    const published = await this.workflows.of(tenantId, revision);
    const taken = published.flatMap(({ workflowId, versionId, graph }) =>
      Object.values(graph.triggers).flatMap((trigger) => {
        const event = eventFor(claimed, trigger);
        return event === null ? [] : [{ tenantId, workflowId, versionId, trigger, event, key }];
      }),
    );
    if (taken.length === 0) return;
    const contact = await this.receiverOf(claimed);
    const known = contact === null ? {} : { contact };
    // The run's id comes from the event's, so that each trigger starts one.
    const wanted = await Promise.all(taken.map((start) => this.starts.make({ ...start, ...known })));
    await this.starts.accept(wanted.filter((item) => item !== null));
  }

  /** Who got the message that a status is about; null for other events, whose triggers name their contacts themselves. */
  private async receiverOf({ tenantId, name, data }: ClaimedEvent): Promise<BoundContact | null> {
    if (name !== STATUS_EVENT || typeof data !== 'object' || data === null || Array.isArray(data)) return null;
    const { contactId, connectionId } = data;
    if (typeof contactId !== 'string' || typeof connectionId !== 'string') return null;
    return { connectionId, aliases: await this.contacts.aliases(tenantId, contactId, connectionId) };
  }
}
