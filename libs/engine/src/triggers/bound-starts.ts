import { Injectable, Logger } from '@nestjs/common';
import { type CompiledTrigger, type JsonObject, WorkflowError } from '@workflows/core';
import { type AcceptItem, Doorbell } from '@workflows/ports';
import { InboundStore, needsBell } from '@workflows/storage';
import { type BoundContact, ContactBinding, contactOf } from './contact-binding.js';
import { executionIdOf } from './execution-id.js';
import { startItem } from './start-item.js';
import { StartRefused } from './start-refused.js';

/** Something that has happened, and the trigger that it starts a run by. */
export interface WantedStart {
  tenantId: string;
  workflowId: string;
  versionId: string;
  trigger: CompiledTrigger;
  event: JsonObject;
  /** What has happened, so that it starts one run by this trigger and no more. */
  key: string;
  /** Whom it has happened to, where that is known without the trigger. */
  contact?: BoundContact;
}

/** Makes the starts of events that come from no channel, with the contacts whom they name. */
@Injectable()
export class BoundStarts {
  private readonly logger = new Logger(BoundStarts.name);

  constructor(
    private readonly contacts: ContactBinding,
    private readonly inbound: InboundStore,
    private readonly doorbell: Doorbell,
  ) {}

  /**
   * Null: the event names nobody whom its trigger could bind, and nothing that the caller could do later would change that.
   */
  async make({ tenantId, workflowId, versionId, trigger, event, key, ...known }: WantedStart): Promise<AcceptItem | null> {
    const contact = known.contact ?? (await this.contactFor(tenantId, workflowId, trigger, event));
    if (contact === null) return null;
    const executionId = executionIdOf(tenantId, workflowId, trigger.id, key);
    return startItem({
      ...{ tenantId, executionId, workflowId, versionId, trigger, event },
      ...(contact === undefined ? {} : { contact }),
    });
  }

  /** Stores the starts, which from then on cannot be lost, and has somebody begin with them. */
  async accept(starts: AcceptItem[]): Promise<void> {
    if (starts.length === 0) return;
    if (needsBell(await this.inbound.accept(starts))) this.doorbell.ring('advance');
  }

  private async contactFor(
    tenantId: string,
    workflowId: string,
    { contact, id: trigger }: CompiledTrigger,
    event: JsonObject,
  ): Promise<BoundContact | undefined | null> {
    if (contact === undefined) return undefined;
    try {
      return await this.contacts.resolve(tenantId, contactOf(contact, { event }));
    } catch (error) {
      if (!(error instanceof StartRefused) && !(error instanceof WorkflowError)) throw error;
      // Only the code: the words may hold what the event says of a person.
      const { code } = error instanceof StartRefused ? error : error.failure;
      const msg = 'An event names no contact that its trigger could bind';
      this.logger.warn({ msg, tenantId, eventId: event['id'], workflowId, trigger, code });
      return null;
    }
  }
}
